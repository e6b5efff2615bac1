{{ config(tags=['every_row']) }}
-- A coupon, shipping and tax of a whole order are spread over its lines by value; rounding must not
-- lose or add a penny. A coupon above the value of the order takes all of it, and no more.
with

line_totals as (

    select
        source_name,
        order_number,
        sum(discount_amount) as line_discount_amount,
        sum(quantity * unit_price) as gross_amount,
        sum(tax_amount) as line_tax_amount
    from {{ ref('stg_shop__order_items') }}
    group by source_name, order_number

),

expected as (

    select
        orders.source_name || ':' || orders.order_number as order_id,
        least(
            line_totals.line_discount_amount + orders.discount_amount, line_totals.gross_amount
        ) as discount_amount,
        orders.shipping_amount,
        coalesce(orders.tax_amount, line_totals.line_tax_amount) as tax_amount
    from {{ ref('stg_shop__orders') }} as orders
    inner join line_totals
        on
            orders.source_name = line_totals.source_name
            and orders.order_number = line_totals.order_number
    where orders.order_status = 'completed'

),

shared as (

    select
        order_id,
        sum(discount_amount) as discount_amount,
        sum(shipping_amount) as shipping_amount,
        sum(tax_amount) as tax_amount
    from {{ ref('int_shop__order_items') }}
    group by order_id

)

select
    expected.order_id,
    expected.discount_amount as expected_discount_amount,
    shared.discount_amount,
    expected.shipping_amount as expected_shipping_amount,
    shared.shipping_amount,
    expected.tax_amount as expected_tax_amount,
    shared.tax_amount
from expected
left join shared on expected.order_id = shared.order_id
where
    shared.order_id is null
    or expected.discount_amount <> shared.discount_amount
    or coalesce(expected.shipping_amount, -1) <> coalesce(shared.shipping_amount, -1)
    or coalesce(expected.tax_amount, -1) <> coalesce(shared.tax_amount, -1)
