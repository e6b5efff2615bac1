{# The first day of the month of a date, as a date. #}
{% macro month_start(date_column) -%}
    cast({{ dbt.date_trunc("month", date_column) }} as date)
{%- endmacro %}
