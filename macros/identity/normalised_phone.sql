{#
    dialled_digits in a form that can be compared; null where there are fewer than 7 or more than 15
    digits, or only one digit again and again.

    With the var identity_phone_country_code a national number gets the code in place of its leading 0,
    and whole numbers are compared. Without it nobody knows the country of a national number, so
    the last nine digits are compared. That is safe because a phone counts only together with a name.
#}
{% macro normalised_phone(text) -%}
    {%- set digits = "ltrim(replace(" ~ text ~ ", '+', ''), '0')" -%}
    {%- set code = var("identity_phone_country_code") | string -%}
    case
        when not {{ matches_pattern(digits, "'^[0-9]{7,15}$'") }} then null
        when replace({{ digits }}, left({{ digits }}, 1), '') = '' then null
        {%- if code %}
        when {{ text }} like '+%' or {{ text }} like '00%' then {{ digits }}
        when length({{ digits }}) >= 11 and {{ digits }} like '{{ code }}%' then {{ digits }}
        else '{{ code }}' || {{ digits }}
        {%- else %}
        else right({{ digits }}, 9)
        {%- endif %}
    end
{%- endmacro %}
