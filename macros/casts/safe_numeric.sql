{# numeric(18, 4), or null where the text is none: NaN, Infinity and 15-digit amounts are none. #}
{% macro safe_numeric(column) -%}
    {{ adapter.dispatch("safe_numeric", "clientele")(column) }}
{%- endmacro %}

{% macro default__safe_numeric(column) -%}
    cast(
        case when trim({{ column }}) rlike '^[+-]?([0-9]{1,12}([.][0-9]*)?|[.][0-9]+)$'
            then trim({{ column }}) end
        as decimal(18, 4)
    )
{%- endmacro %}

{% macro postgres__safe_numeric(column) -%}
    cast(
        case when trim({{ column }}) ~ '^[+-]?([0-9]{1,12}([.][0-9]*)?|[.][0-9]+)$'
            then trim({{ column }}) end
        as numeric(18, 4)
    )
{%- endmacro %}
