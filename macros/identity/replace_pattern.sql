{# Every match of a regular expression replaced; both are literals of SQL, as in matches_pattern. #}
{% macro replace_pattern(column, pattern, replacement="''") -%}
    {{ adapter.dispatch("replace_pattern", "clientele")(column, pattern, replacement) }}
{%- endmacro %}

{% macro default__replace_pattern(column, pattern, replacement) -%}
    regexp_replace({{ column }}, {{ pattern }}, {{ replacement }})
{%- endmacro %}

{% macro postgres__replace_pattern(column, pattern, replacement) -%}
    regexp_replace({{ column }}, {{ pattern }}, {{ replacement }}, 'g')
{%- endmacro %}
