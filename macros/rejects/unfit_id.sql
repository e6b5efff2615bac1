{#
    True where a text cannot be an id: over 255 characters, or with a line break in it. Mostly it is what a
    quote that was never closed has swallowed. Null for null.
#}
{% macro unfit_id(column) -%}
    (length({{ column }}) > 255 or position(chr(10) in {{ column }}) > 0)
{%- endmacro %}
