{#
    Days without an order after which a customer with this rhythm is late: the typical gap and some
    spreads. A spread of 0 is chance and no clock, and two odd gaps are no licence to stay away for years, so
    the spread is held between two shares of the gap. Null without a typical gap.
#}
{% macro late_after_days(typical, spread, spreads) -%}
    {%- set gap = "greatest(" ~ typical ~ ", " ~ var("lifecycle_min_typical_days") ~ ")" -%}
    case
        when {{ typical }} is not null
            then cast(
                ceil(
                    {{ gap }} + {{ spreads }} * least(
                        greatest(
                            coalesce({{ spread }}, 0),
                            {{ var("lifecycle_min_spread_share") }} * {{ gap }}
                        ),
                        {{ var("lifecycle_max_spread_share") }} * {{ gap }}
                    )
                ) as int
            )
    end
{%- endmacro %}
