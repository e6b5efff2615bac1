{{ config(materialized='view') }}
{#
    The curve of the latest scores: what is expected until the end of each month, and in each month
    alone. The months alone add up to what is cumulative. A view, as customer_recommendations is.
#}
with

scores as (

    {{ latest_of_customers(ref('stg_ml__customer_clv_scores')) }}

)

select
    customer_id,
    source_name,
    as_of_date,
    horizon_months,
    {{ add_months("as_of_date", "horizon_months") }} as horizon_end_date,
    expected_order_count,
    cast(expected_net_revenue_amount as {{ money_type() }}) as clv_amount,
    cast(expected_net_revenue_lower_amount as {{ money_type() }}) as clv_lower_amount,
    cast(expected_net_revenue_upper_amount as {{ money_type() }}) as clv_upper_amount,
    expected_order_count - coalesce(
        lag(expected_order_count) over (partition by customer_id order by horizon_months), 0
    ) as expected_order_count_in_month,
    cast(
        expected_net_revenue_amount - coalesce(
            lag(expected_net_revenue_amount) over (
                partition by customer_id order by horizon_months
            ), 0
        ) as {{ money_type() }}
    ) as expected_net_revenue_in_month_amount,
    {{ expected_order_value() }} as expected_order_value_amount,
    alive_probability,
    expected_next_order_date,
    model_name,
    model_version,
    run_id,
    scored_at
from scores
