{# A day written as yyyymmdd, or null where the text is none: 19970231 is none. #}
{% macro safe_compact_date(column) -%}
    {{ adapter.dispatch("safe_compact_date", "clientele")(column) }}
{%- endmacro %}

{% macro default__safe_compact_date(column) -%}
    case when trim({{ column }}) rlike '^[0-9]{8}$'
        then try_cast({{ compact_date_as_iso(column) }} as date) end
{%- endmacro %}

{% macro postgres__safe_compact_date(column) -%}
    case when trim({{ column }}) ~ '^[0-9]{8}$'
        and pg_input_is_valid({{ compact_date_as_iso(column) }}, 'date')
        then cast({{ compact_date_as_iso(column) }} as date) end
{%- endmacro %}

{# 19970101 as 1997-01-01, which every engine reads alike. #}
{% macro compact_date_as_iso(column) -%}
    substr(trim({{ column }}), 1, 4) || '-' || substr(trim({{ column }}), 5, 2)
    || '-' || substr(trim({{ column }}), 7, 2)
{%- endmacro %}
