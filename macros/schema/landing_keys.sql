{# Where a staged row comes from: enough to find it in the file. #}
{% macro landing_keys() -%}
    _batch_id,
    _row_number,
    _source_file
{%- endmacro %}
