{#
    The lower limit of the band that a value lies in: the greatest limit that it reaches. Null for
    null and for what is below the first limit.
#}
{% macro band_floor(column, limits) -%}
    cast(
        case
            {%- for limit in limits | reverse %}
            when {{ column }} >= {{ limit }} then {{ limit }}
            {%- endfor %}
        end
        as {{ money_type() }}
    )
{%- endmacro %}
