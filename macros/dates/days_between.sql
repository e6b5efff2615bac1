{# Whole days from one date to another, as an int. #}
{% macro days_between(from_date, to_date) -%}
    cast({{ dbt.datediff(from_date, to_date, "day") }} as int)
{%- endmacro %}
