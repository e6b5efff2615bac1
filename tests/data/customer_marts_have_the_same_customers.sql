{{ config(tags=['every_row']) }}
-- Scores, lifecycle and whales describe everybody with an order before today: somebody who is in
-- one of them and not in another would be lost in every join.
with

counted as (

    select
        coalesce(rfm.source_name, lifecycle.source_name) as source_name,
        count(rfm.customer_id) as rfm_count,
        count(lifecycle.customer_id) as lifecycle_count,
        count(*) as customer_count,
        sum(rfm.net_revenue_amount) as net_revenue_amount,
        sum(rfm.order_count) as order_count
    from {{ ref('customer_rfm') }} as rfm
    full outer join {{ ref('customer_lifecycle') }} as lifecycle
        on rfm.customer_id = lifecycle.customer_id
    group by coalesce(rfm.source_name, lifecycle.source_name)

),

everybody as (

    select * from {{ ref('customer_whales') }}
    where top_percent = 100

)

select
    counted.*,
    everybody.customer_count as whale_count
from counted
full outer join everybody on counted.source_name = everybody.source_name
where
    counted.source_name is null
    or everybody.source_name is null
    or counted.customer_count <> counted.rfm_count
    or counted.customer_count <> counted.lifecycle_count
    or counted.customer_count <> everybody.customer_count
    or counted.net_revenue_amount <> everybody.net_revenue_amount
    or counted.order_count <> everybody.order_count
