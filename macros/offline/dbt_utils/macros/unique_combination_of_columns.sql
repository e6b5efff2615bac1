{# Fails with one row per combination of the columns that stands more than once. #}
{% test unique_combination_of_columns(model, combination_of_columns, quote_columns=false) %}
    {%- set columns = combination_of_columns %}
    {%- if quote_columns %}
        {%- set columns = combination_of_columns | map("tojson") | list %}
    {%- endif %}
    select {{ columns | join(", ") }}
    from {{ model }}
    group by {{ columns | join(", ") }}
    having count(*) > 1
{% endtest %}
