{# A whole number, or null where the text is none. '12.0' counts as 12: spreadsheets write it so. #}
{% macro safe_integer(column) -%}
    {{ adapter.dispatch("safe_integer", "clientele")(column) }}
{%- endmacro %}

{% macro default__safe_integer(column) -%}
    case when trim({{ column }}) rlike '^[+-]?[0-9]{1,9}([.]0+)?$'
        then cast(cast(trim({{ column }}) as decimal(18, 4)) as int) end
{%- endmacro %}

{% macro postgres__safe_integer(column) -%}
    case when trim({{ column }}) ~ '^[+-]?[0-9]{1,9}([.]0+)?$'
        then cast(cast(trim({{ column }}) as numeric) as int) end
{%- endmacro %}
