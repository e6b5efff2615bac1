{# The mean of some gaps in days, from their sum and number; null without one. #}
{% macro mean_gap(days, gap_count) -%}
    cast(cast({{ days }} as numeric(18, 4)) / nullif({{ gap_count }}, 0) as numeric(18, 4))
{%- endmacro %}
