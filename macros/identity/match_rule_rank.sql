{# Rules from strong to weak: 1 to 4. #}
{% macro match_rule_rank(match_rule) -%}
    case {{ match_rule }} when 'account' then 1 when 'email' then 2 when 'phone_and_name' then 3 else 4 end
{%- endmacro %}
