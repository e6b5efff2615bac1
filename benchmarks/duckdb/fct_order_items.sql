-- Lines of completed orders. What is charged for a whole order (coupon, shipping) is borne by its
-- lines by value: by running totals, so that the shares add up to the penny.
-- In whole hundredths of a penny, since a division of decimals is one of doubles here.
create or replace temp macro share_of(amount, part, whole) as (
    cast(
        (
            2 * cast(amount * 10000 as hugeint) * cast(part * 10000 as hugeint)
            + cast(whole * 10000 as hugeint)
        )
        // (2 * cast(whole * 10000 as hugeint))
        as decimal(18, 0)
    ) * 0.0001
);
create table fct_order_items as
with

priced as (

    select
        items.*,
        orders.customer_id as order_customer,
        orders.channel as order_channel,
        orders.currency as order_currency,
        orders.ordered_at as order_time,
        customers.country,
        products.unit_cost,
        cast(items.quantity * items.unit_price as decimal(18, 4)) as gross,
        cast(items.quantity * items.unit_price - items.discount_amount as decimal(18, 4)) as paid,
        orders.discount_amount as order_discount,
        orders.shipping_amount as order_shipping
    from order_items as items
    inner join orders on items.order_id = orders.order_id and orders.status = 'completed'
    inner join products on items.product_id = products.product_id
    left join customers on orders.customer_id = customers.customer_id

),

summed as (

    select
        *,
        sum(paid) over (partition by order_id) as order_amount
    from priced

),

weighted as (

    select
        *,
        least(order_discount, order_amount) as coupon,
        case when order_amount = 0 then 1 else paid end as weight
    from summed

),

running as (

    select
        *,
        sum(weight) over (partition by order_id) as weight_total,
        sum(weight) over (
            partition by order_id order by line_number
            rows between unbounded preceding and current row
        ) as weight_up_to
    from weighted

),

shared as (

    select
        *,
        share_of(coupon, weight_up_to, weight_total)
        - share_of(coupon, weight_up_to - weight, weight_total) as coupon_share,
        share_of(order_shipping, weight_up_to, weight_total)
        - share_of(order_shipping, weight_up_to - weight, weight_total) as shipping_share
    from running

)

select
    'shop:' || order_id || '/' || line_number as order_item_id,
    'shop:' || order_id as order_id,
    'shop:' || order_customer as customer_id,
    'shop:' || product_id as product_id,
    'product' as product_kind,
    true as is_goods,
    'shop' as source_name,
    order_channel as channel,
    country,
    order_currency as currency,
    quantity,
    unit_price,
    gross as gross_amount,
    cast(discount_amount + coupon_share as decimal(18, 4)) as discount_amount,
    cast(paid - coupon_share as decimal(18, 4)) as net_revenue_amount,
    cast(null as decimal(18, 4)) as tax_amount,
    cast(shipping_share as decimal(18, 4)) as shipping_amount,
    cast(0 as decimal(18, 4)) as fee_amount,
    cast(paid - coupon_share - cast(quantity * unit_cost as decimal(18, 4)) as decimal(18, 4))
        as gross_margin_amount,
    order_time as ordered_at,
    cast(order_time as date) as order_date
from shared
