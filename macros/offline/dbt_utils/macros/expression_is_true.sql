{# Fails with the rows for which the expression is false. On a column the column's name comes first. #}
{% test expression_is_true(model, expression, column_name=none) %}
    select 1
    from {{ model }}
    where not ({{ column_name or "" }} {{ expression }})
{% endtest %}
