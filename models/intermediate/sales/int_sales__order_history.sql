{#
    Orders of known customers with the gap to the order before.
    It looks back only, so it is safe at any as-of date.
#}
with

orders as (

    -- A customer of several shops counts in the one that it is known by first. Amounts in another
    -- currency cannot be added up; the test customers_buy_in_one_currency says how many there are.
    select
        orders.*,
        customers.source_name as home_source_name,
        lag(orders.order_date) over (
            partition by orders.customer_id order by orders.ordered_at, orders.order_id
        ) as previous_order_date
    from {{ ref('int_sales__orders') }} as orders
    inner join {{ ref('int_customers__customers') }} as customers
        on orders.customer_id = customers.customer_id
    inner join {{ ref('int_sales__currencies') }} as currencies
        on
            customers.source_name = currencies.source_name
            and orders.currency = currencies.currency

)

select
    home_source_name as source_name,
    order_id,
    customer_id,
    channel,
    country,
    currency,
    ordered_at,
    order_date,
    line_count,
    product_count,
    unit_count,
    gross_amount,
    discount_amount,
    net_revenue_amount,
    gross_margin_amount,
    {{ days_between("previous_order_date", "order_date") }} as days_since_previous_order
from orders
