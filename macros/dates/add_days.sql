{# A date some days later (or earlier, with a negative number), as a date. #}
{% macro add_days(date_column, days) -%}
    cast({{ dbt.dateadd("day", days, date_column) }} as date)
{%- endmacro %}
