{# A date some months or weeks later, as a date. #}
{% macro add_periods(period, date_column, number) -%}
    {%- if period == "week" -%}
        {{ add_days(date_column, "7 * (" ~ number ~ ")") }}
    {%- else -%}
        cast({{ dbt.dateadd(period, number, date_column) }} as date)
    {%- endif -%}
{%- endmacro %}

{# Months or weeks from the start of one to the start of another, as an int. #}
{% macro periods_between(period, from_date, to_date) -%}
    {%- if period == "week" -%}
        cast({{ days_between(from_date, to_date) }} / 7 as int)
    {%- else -%}
        cast({{ dbt.datediff(from_date, to_date, period) }} as int)
    {%- endif -%}
{%- endmacro %}
