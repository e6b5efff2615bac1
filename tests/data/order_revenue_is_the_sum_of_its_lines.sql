{{ config(tags=['every_row']) }}
-- Two tables that a BI tool may sum must give the same revenue, by whatever both are cut.
with

line_totals as (

    select
        order_id,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(net_revenue_amount) as net_revenue_amount,
        min(customer_id) as customer_id,
        max(customer_id) as last_customer_id,
        min(source_name) as source_name,
        max(source_name) as last_source_name,
        min(channel) as channel,
        max(channel) as last_channel,
        min(country) as country,
        max(country) as last_country,
        min(currency) as currency,
        max(currency) as last_currency,
        min(ordered_at) as ordered_at,
        max(ordered_at) as last_ordered_at
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
    or orders.customer_id is distinct from line_totals.customer_id
    or line_totals.customer_id is distinct from line_totals.last_customer_id
    or orders.source_name is distinct from line_totals.source_name
    or line_totals.source_name is distinct from line_totals.last_source_name
    or orders.channel is distinct from line_totals.channel
    or line_totals.channel is distinct from line_totals.last_channel
    or orders.country is distinct from line_totals.country
    or line_totals.country is distinct from line_totals.last_country
    or orders.currency is distinct from line_totals.currency
    or line_totals.currency is distinct from line_totals.last_currency
    or orders.ordered_at is distinct from line_totals.ordered_at
    or line_totals.ordered_at is distinct from line_totals.last_ordered_at
