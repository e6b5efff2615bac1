-- Orders in another currency than that of the shop that a customer counts in are in fct_orders, but
-- not in the customer's features, RFM and value, because amounts are never converted.
{{ config(tags=['every_row'], severity='warn') }}
select
    orders.order_id,
    orders.customer_id,
    orders.currency
from {{ ref('int_sales__orders') }} as orders
inner join {{ ref('int_customers__customers') }} as customers
    on orders.customer_id = customers.customer_id
inner join {{ ref('int_sales__currencies') }} as currencies
    on customers.source_name = currencies.source_name
where orders.currency <> currencies.currency
