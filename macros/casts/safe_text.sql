{# Trimmed text, null when nothing is left. #}
{% macro safe_text(column) -%}
    nullif(trim({{ column }}), '')
{%- endmacro %}
