{#
    What an order is expected to bring, of a row of lifetime value scores. Of one order in thousands of years nobody
    can say what it is worth, nor a numeric hold it.
#}
{% macro expected_order_value() -%}
    cast(
        case
            when expected_order_count >= 0.001
                then expected_net_revenue_amount / expected_order_count
        end as {{ money_type() }}
    )
{%- endmacro %}
