{#
    The first rule that a row breaks, in words; null for a good row.
    rules: list of [condition, reason]. A condition is true where the row is bad.
#}
{% macro first_reason(rules) -%}
    case
        {%- for rule in rules %}
        when {{ rule[0] }} then '{{ rule[1] }}'
        {%- endfor %}
    end
{%- endmacro %}
