{# A model's schema is the one its layer names, as it stands: features, marts, predictions. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
