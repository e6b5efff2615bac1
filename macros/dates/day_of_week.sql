{# 1 for Monday to 7 for Sunday, on every engine: days since a Monday long ago. #}
{% macro day_of_week(date_column) -%}
    cast(mod(cast({{ dbt.datediff("cast('1900-01-01' as date)", date_column, "day") }} as int), 7) + 1 as int)
{%- endmacro %}
