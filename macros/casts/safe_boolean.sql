{# True or false as the contract's type boolean takes them (Yes, no, TRUE, 0 ...); null for all else. #}
{% macro safe_boolean(column) -%}
    case
        when lower(trim({{ column }})) in ('yes', 'y', 'true', 't', 'on', '1') then true
        when lower(trim({{ column }})) in ('no', 'n', 'false', 'f', 'off', '0') then false
    end
{%- endmacro %}
