{# The name of a rank of match_rule_rank; none without one. #}
{% macro match_rule_of_rank(match_rule_rank) -%}
    case {{ match_rule_rank }}
        when 1 then 'account' when 2 then 'email' when 3 then 'phone_and_name' when 4 then 'override' else 'none'
    end
{%- endmacro %}
