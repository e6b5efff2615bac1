{# Money in the currency of its source, to the hundredth of a penny. #}
{% macro money_type() -%}
    numeric(18, 4)
{%- endmacro %}
