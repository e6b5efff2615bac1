-- Completed orders, each with its number among its customer's and what came back of it.
create table fct_orders as
with

orders as (

    select
        order_id,
        customer_id,
        source_name,
        channel,
        country,
        currency,
        ordered_at,
        order_date,
        cast(count(*) as int) as line_count,
        cast(count(distinct product_id) as int) as product_count,
        cast(sum(quantity) as bigint) as unit_count,
        cast(sum(gross_amount) as decimal(18, 4)) as gross_amount,
        cast(sum(discount_amount) as decimal(18, 4)) as discount_amount,
        cast(sum(net_revenue_amount) as decimal(18, 4)) as net_revenue_amount,
        cast(sum(tax_amount) as decimal(18, 4)) as tax_amount,
        cast(sum(shipping_amount) as decimal(18, 4)) as shipping_amount,
        cast(sum(fee_amount) as decimal(18, 4)) as fee_amount,
        case when count(gross_margin_amount) = count(*)
            then cast(sum(gross_margin_amount) as decimal(18, 4)) end as gross_margin_amount
    from fct_order_items
    group by all

),

returned as (

    select order_id, cast(sum(returned_amount) as decimal(18, 4)) as returned_amount
    from fct_returns
    group by order_id

)

select
    orders.order_id,
    orders.customer_id,
    orders.customer_id as account_id,
    orders.source_name,
    orders.channel,
    orders.country,
    orders.currency,
    orders.customer_id is null as is_guest,
    row_number() over (
        partition by coalesce(orders.customer_id, orders.order_id)
        order by orders.ordered_at, orders.order_id
    ) as customer_order_number,
    orders.line_count,
    orders.product_count,
    orders.unit_count,
    orders.gross_amount,
    orders.discount_amount,
    orders.net_revenue_amount,
    orders.tax_amount,
    orders.shipping_amount,
    orders.fee_amount,
    orders.gross_margin_amount,
    coalesce(returned.returned_amount, 0) as returned_amount,
    orders.ordered_at,
    orders.order_date
from orders
left join returned on orders.order_id = returned.order_id
