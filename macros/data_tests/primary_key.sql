{#
    Fails for a key that is given twice and for a row without one: `unique` and `not_null` in one query.
    On a column, or on a model with `column_names`.
#}
{% test primary_key(model, column_name=none, column_names=none) %}
{%- set columns = column_names or [column_name] %}
select
    {{ columns | join(", ") }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(", ") }}
having count(*) > 1 or {{ columns | join(" is null or ") }} is null
{% endtest %}
