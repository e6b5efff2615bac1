{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['customer_id', 'int_changes__customers']]},
    indexes=[{'columns': ['customer_id'], 'unique': true}]
) }}
{#
    The cohort of a customer and the cuts that it counts in: all of them properties of the first
    order. Only the months of first orders are looked at, so a month of cohorts can be replaced alone.
#}
with

first_orders as (

    select
        orders.source_name,
        orders.customer_id,
        orders.order_id,
        orders.channel,
        orders.country,
        orders.order_date
    from {{ ref('int_sales__order_history') }} as orders
    inner join {{ ref('int_calendar__today') }} as today
        on orders.source_name = today.source_name
    where
        orders.days_since_previous_order is null
        and orders.order_date < today.as_of_date
        {{ if_restating(
            'and orders.customer_id in (select customer_id from ' ~ ref('int_changes__customers') ~ ')'
        ) }}

),

first_lines as (

    select
        items.order_id,
        items.product_id,
        row_number() over (
            partition by items.order_id
            order by items.net_revenue_amount desc, items.order_item_id asc
        ) as line_rank
    from {{ ref('int_sales__order_items') }} as items
    inner join first_orders on items.order_id = first_orders.order_id
    where items.is_goods

),

first_categories as (

    select
        first_lines.order_id,
        products.category
    from first_lines
    inner join {{ ref('int_products__products') }} as products
        on first_lines.product_id = products.product_id
    where first_lines.line_rank = 1

)

select
    first_orders.source_name,
    first_orders.customer_id,
    first_orders.order_date as first_order_date,
    cast({{ dbt.date_trunc("month", "first_orders.order_date") }} as date) as cohort_month,
    cast({{ dbt.date_trunc("week", "first_orders.order_date") }} as date) as cohort_week,
    coalesce(first_categories.category, 'unknown') as first_category,
    coalesce(first_orders.country, 'unknown') as first_country,
    coalesce(first_orders.channel, 'unknown') as first_channel
from first_orders
left join first_categories on first_orders.order_id = first_categories.order_id
