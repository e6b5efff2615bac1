{# The warehouse-wide key of an entity: `<source>:<id>`, null where the shop gave no id. #}
{% macro entity_key(source_name, column) -%}
    '{{ source_name }}:' || {{ column }}
{%- endmacro %}
