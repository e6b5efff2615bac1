{# The same day some months later (or earlier, with a negative number), as a date. #}
{% macro add_months(date_column, months) -%}
    cast({{ dbt.dateadd("month", months, date_column) }} as date)
{%- endmacro %}
