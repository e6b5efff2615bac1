{{ config(tags=['every_row']) }}
-- A day that is missing from the calendar would take its sales with it, unseen.
with

daily as (

    select
        source_name,
        sum(order_count) as order_count,
        sum(net_revenue_amount) as net_revenue_amount,
        sum(returned_amount) as returned_amount
    from {{ ref('sales_daily') }}
    group by source_name

),

orders as (

    select
        source_name,
        count(*) as order_count,
        sum(net_revenue_amount) as net_revenue_amount
    from {{ ref('fct_orders') }}
    group by source_name

),

returned as (

    select
        source_name,
        sum(returned_amount) as returned_amount
    from {{ ref('fct_returns') }}
    group by source_name

)

select
    orders.source_name,
    orders.order_count,
    daily.order_count as daily_order_count,
    orders.net_revenue_amount,
    daily.net_revenue_amount as daily_net_revenue_amount,
    returned.returned_amount,
    daily.returned_amount as daily_returned_amount
from orders
left join daily on orders.source_name = daily.source_name
left join returned on orders.source_name = returned.source_name
where
    orders.order_count <> coalesce(daily.order_count, 0)
    or orders.net_revenue_amount <> coalesce(daily.net_revenue_amount, 0)
    or coalesce(returned.returned_amount, 0) <> coalesce(daily.returned_amount, 0)
