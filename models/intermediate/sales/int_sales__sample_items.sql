with

items as (

    select
        *,
        cast(quantity * unit_price as {{ money_type() }}) as gross_amount,
        cast(quantity * unit_price - discount_amount as {{ money_type() }}) as paid_before_coupon
    from {{ ref('stg_sample__order_items') }}

),

orders as (

    select * from {{ ref('stg_sample__orders') }}
    where order_status = 'completed'

),

products as (

    select * from {{ ref('stg_sample__products') }}

),

customers as (

    select * from {{ ref('stg_sample__customers') }}

),

priced as (

    select
        items.*,
        orders.customer_number,
        orders.channel,
        orders.currency,
        customers.country,
        orders.ordered_at,
        cast(items.quantity * products.unit_cost as {{ money_type() }}) as cost_amount,
        orders.discount_amount as order_discount_amount,
        sum(items.paid_before_coupon) over (partition by items.order_number) as order_amount,
        sum(items.paid_before_coupon) over (
            partition by items.order_number
            order by items.line_number
            rows between unbounded preceding and current row
        ) as amount_up_to_line
    from items
    inner join orders on items.order_number = orders.order_number
    left join customers on orders.customer_number = customers.customer_number
    inner join products on items.product_code = products.product_code

),

running as (

    select
        *,
        least(order_discount_amount, order_amount) as coupon_amount,
        amount_up_to_line - paid_before_coupon as amount_before_line
    from priced

),

shared as (

    -- A coupon is off the whole order, and no more than all of it: each line bears its share by
    -- value. Shares are differences of running totals, so that they add up to the penny.
    select
        *,
        cast(
            coalesce(coupon_amount * amount_up_to_line / nullif(order_amount, 0), 0)
            as {{ money_type() }}
        )
        - cast(
            coalesce(coupon_amount * amount_before_line / nullif(order_amount, 0), 0)
            as {{ money_type() }}
        ) as coupon_share_amount
    from running

)

select
    'sample' as source_name,
    {{ entity_key('sample', 'order_number') }}
    || '/' || cast(line_number as {{ dbt.type_string() }}) as order_item_id,
    {{ entity_key('sample', 'order_number') }} as order_id,
    {{ entity_key('sample', 'customer_number') }} as customer_id,
    {{ entity_key('sample', 'product_code') }} as product_id,
    coalesce(channel, 'unknown') as channel,
    country,
    currency,
    quantity,
    unit_price,
    gross_amount,
    cast(discount_amount + coupon_share_amount as {{ money_type() }}) as discount_amount,
    cast(paid_before_coupon - coupon_share_amount as {{ money_type() }}) as net_revenue_amount,
    cost_amount,
    ordered_at
from shared
