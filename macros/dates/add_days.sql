{# A date some days later (or earlier, with a negative number), as a date. #}
{% macro add_days(date_column, days) -%}
    {{ adapter.dispatch("add_days", "clientele")(date_column, days) }}
{%- endmacro %}

{% macro default__add_days(date_column, days) -%}
    cast({{ dbt.dateadd("day", days, date_column) }} as date)
{%- endmacro %}

{# Whole numbers, without the way over timestamps and intervals, which takes twice as long. #}
{% macro postgres__add_days(date_column, days) -%}
    (cast({{ date_column }} as date) + cast(floor({{ days }}) as int))
{%- endmacro %}
