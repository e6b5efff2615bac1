{# One number divided by another, to four places; null where there is nothing to divide by. #}
{% macro ratio(part, whole) -%}
    cast(cast({{ part }} as {{ money_type() }}) / nullif({{ whole }}, 0) as {{ money_type() }})
{%- endmacro %}
