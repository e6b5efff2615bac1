{#
    Orders of known customers with the gap to the order before.
    It looks back only, so it is safe at any as-of date.
#}
with

orders as (

    select
        *,
        lag(order_date) over (
            partition by customer_id order by ordered_at, order_id
        ) as previous_order_date
    from {{ ref('int_sales__orders') }}
    where customer_id is not null

)

select
    source_name,
    order_id,
    customer_id,
    channel,
    country,
    ordered_at,
    order_date,
    line_count,
    product_count,
    unit_count,
    gross_amount,
    discount_amount,
    net_revenue_amount,
    {{ days_between("previous_order_date", "order_date") }} as days_since_previous_order
from orders
