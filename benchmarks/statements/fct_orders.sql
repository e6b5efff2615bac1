-- What came back is summed by order; the orders are sorted once, by customer and time.
with

returned as (

    select
        order_id,
        sum(returned_amount) as returned_amount
    from intermediate.int_sales__returns
    where order_id is not null
    group by order_id

)

select
    orders.order_id,
    orders.customer_id,
    orders.account_id,
    orders.source_name,
    orders.channel,
    orders.country,
    orders.currency,
    orders.customer_id is null as is_guest,
    row_number() over (
        partition by orders.source_name, coalesce(orders.customer_id, orders.order_id)
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
from intermediate.int_sales__orders as orders
left join returned on orders.order_id = returned.order_id
