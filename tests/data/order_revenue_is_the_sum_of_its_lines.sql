{{ config(tags=['every_row']) }}
-- Two tables that a BI tool may sum must give the same revenue.
with

line_totals as (

    select
        order_id,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(net_revenue_amount) as net_revenue_amount
    from {{ ref('fct_order_items') }}
    group by order_id

)

select
    orders.order_id as fact_order_id,
    line_totals.order_id as line_order_id,
    orders.net_revenue_amount as order_net_revenue_amount,
    line_totals.net_revenue_amount as line_net_revenue_amount
from {{ ref('fct_orders') }} as orders
full outer join line_totals on orders.order_id = line_totals.order_id
where
    orders.order_id is null
    or line_totals.order_id is null
    or orders.net_revenue_amount <> line_totals.net_revenue_amount
    or orders.gross_amount - orders.discount_amount <> line_totals.net_revenue_amount
    or orders.discount_amount <> line_totals.discount_amount
