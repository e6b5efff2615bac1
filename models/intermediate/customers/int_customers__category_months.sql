{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['customer_id, month_start_date', 'int_changes__customer_days']]},
    indexes=[{'columns': ['customer_id', 'month_start_date']}]
) }}
{%- set orders = ref('int_sales__orders') %}
{%- set days = ref('int_changes__customer_days') %}
with

items as (

    select
        customers.source_name,
        cast({{ dbt.date_trunc("month", "items.order_date") }} as date) as month_start_date,
        items.customer_id,
        products.category,
        items.quantity,
        items.net_revenue_amount
    from {{ ref('int_sales__order_items') }} as items
    inner join {{ ref('int_products__products') }} as products
        on items.product_id = products.product_id
    inner join {{ ref('int_customers__customers') }} as customers
        on items.customer_id = customers.customer_id
    inner join {{ ref('int_sales__currencies') }} as currencies
        on
            customers.source_name = currencies.source_name
            and items.currency = currencies.currency
    inner join {{ ref('int_calendar__today') }} as today
        on customers.source_name = today.source_name
    where
        items.is_goods
        and items.order_date < today.as_of_date
        and products.category is not null
        {{ if_restating(
            'and items.order_id in (select order_id from ' ~ orders
            ~ ' where order_date >= (select min(month_start_date) from ' ~ days ~ ')'
            ~ ' and (customer_id, ' ~ month_start('order_date') ~ ') in'
            ~ ' (select customer_id, month_start_date from ' ~ days ~ '))'
        ) }}

)

select
    source_name,
    month_start_date,
    customer_id,
    category,
    cast(sum(quantity) as bigint) as unit_count,
    cast(sum(net_revenue_amount) as {{ money_type() }}) as net_revenue_amount
from items
group by source_name, month_start_date, customer_id, category
