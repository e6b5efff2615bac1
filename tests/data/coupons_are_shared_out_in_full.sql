-- An order's coupon is spread over its lines by value; rounding must not lose or add a penny.
-- A coupon above the value of the order takes all of it, and no more.
with

line_totals as (

    select
        order_number,
        sum(discount_amount) as line_discount_amount,
        sum(quantity * unit_price) as gross_amount
    from {{ ref('stg_sample__order_items') }}
    group by order_number

),

expected as (

    select
        {{ entity_key('sample', 'orders.order_number') }} as order_id,
        least(
            line_totals.line_discount_amount + orders.discount_amount, line_totals.gross_amount
        ) as discount_amount
    from {{ ref('stg_sample__orders') }} as orders
    inner join line_totals on orders.order_number = line_totals.order_number
    where orders.order_status = 'completed'

)

select
    expected.order_id,
    expected.discount_amount as expected_discount_amount,
    orders.discount_amount
from expected
left join {{ ref('fct_orders') }} as orders on expected.order_id = orders.order_id
where orders.order_id is null or expected.discount_amount <> orders.discount_amount
