with

items as (

    select
        *,
        cast(quantity * unit_price as {{ money_type() }}) as gross_amount,
        cast(quantity * unit_price - discount_amount as {{ money_type() }}) as paid_before_coupon
    from {{ ref('stg_sample__order_items') }}

),

orders as (

    select * from {{ ref('stg_sample__orders') }} where order_status = 'completed'

),

products as (

    select * from {{ ref('stg_sample__products') }}

),

customers as (

    select * from {{ ref('stg_sample__customers') }}

),

shared as (

    -- A coupon is off the whole order: each line bears its share by value.
    select
        items.*,
        orders.customer_number,
        orders.channel,
        orders.currency,
        customers.country,
        orders.ordered_at,
        cast(items.quantity * products.unit_cost as {{ money_type() }}) as cost_amount,
        cast(coalesce(
            orders.discount_amount * items.paid_before_coupon
            / nullif(sum(items.paid_before_coupon) over (partition by items.order_number), 0), 0
        ) as {{ money_type() }}) as coupon_amount
    from items
    inner join orders on items.order_number = orders.order_number
    left join customers on orders.customer_number = customers.customer_number
    inner join products on items.product_code = products.product_code

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
    cast(discount_amount + coupon_amount as {{ money_type() }}) as discount_amount,
    cast(paid_before_coupon - coupon_amount as {{ money_type() }}) as net_revenue_amount,
    cost_amount,
    ordered_at
from shared
