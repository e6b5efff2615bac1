{{ config(indexes=[{'columns': ['customer_id']}]) }}
{#
    The curve of the latest scores: what is expected until the end of each month, and in each month
    alone. The months alone add up to what is cumulative.
#}
{%- set least_orders = "0.001" %}
with

scores as (

    select * from {{ ref('stg_ml__customer_clv_scores') }}

),

customers as (

    -- A merge of accounts retires customer ids; their scores wait for the next scoring.
    select customer_id from {{ ref('dim_customers') }}

),

latest as (

    {{ latest_run(ref('stg_ml__customer_clv_scores')) }}

),

kept as (

    select scores.*
    from scores
    inner join latest
        on scores.source_name = latest.source_name and scores.run_id = latest.run_id
    inner join customers on scores.customer_id = customers.customer_id

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
    -- Of one order in thousands of years nobody can say what it is worth, nor a numeric hold it.
    cast(
        case
            when expected_order_count >= {{ least_orders }}
                then expected_net_revenue_amount / expected_order_count
        end as {{ money_type() }}
    ) as expected_order_value_amount,
    alive_probability,
    expected_next_order_date,
    model_name,
    model_version,
    run_id,
    scored_at
from kept
