{# The first word of a normalised name; null for an initial, which John and Jane share. #}
{% macro given_name(name) -%}
    case
        when not {{ matches_pattern(name, "'^[a-z]( |$)'") }} then split_part({{ name }}, ' ', 1)
    end
{%- endmacro %}
