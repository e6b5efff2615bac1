{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['customer_id', 'int_changes__customers']]},
    indexes=[{'columns': ['customer_id']}, {'columns': ['order_date']}]
) }}
{#
    Orders of known customers with the gap to the order before and the day of the next one. What
    is known as of a date must look at the latter only to ask whether it lies before that date.
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
        ) as previous_order_date,
        lead(orders.order_date) over (
            partition by orders.customer_id order by orders.ordered_at, orders.order_id
        ) as next_order_date
    from {{ ref('int_sales__orders') }} as orders
    inner join {{ ref('int_customers__customers') }} as customers
        on orders.customer_id = customers.customer_id
    inner join {{ ref('int_sales__currencies') }} as currencies
        on
            customers.source_name = currencies.source_name
            and orders.currency = currencies.currency
    {{ if_restating(
        'where orders.customer_id in (select customer_id from ' ~ ref('int_changes__customers') ~ ')'
    ) }}

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
    {{ days_between("previous_order_date", "order_date") }} as days_since_previous_order,
    -- Several orders of a day are one visit.
    coalesce(previous_order_date < order_date, true) as is_first_of_day,
    next_order_date
from orders
