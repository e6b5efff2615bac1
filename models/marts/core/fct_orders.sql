{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [
        ['customer_id', 'int_changes__customers'],
        ['order_id', 'int_changes__fact_orders']
    ]},
    indexes=[{'columns': ['order_id'], 'unique': true}, {'columns': ['customer_id']}, {'columns': ['source_name', 'order_date']}]
) }}
with

orders as (

    select * from {{ ref('int_sales__orders') }}
    {{ if_restating(
        'where customer_id in (select customer_id from ' ~ ref('int_changes__customers') ~ ')'
        ~ ' or order_id in (select order_id from ' ~ ref('int_changes__fact_orders') ~ ')'
    ) }}

),

returned as (

    select
        order_id,
        cast(sum(returned_amount) as {{ money_type() }}) as returned_amount
    from {{ ref('int_sales__returns') }}
    where
        order_id is not null
        {{ if_restating('and order_id in (select order_id from orders)') }}
    group by order_id

)

select
    orders.order_id,
    orders.customer_id,
    orders.account_id,
    orders.source_name,
    orders.channel,
    orders.country,
    orders.currency,
    orders.customer_id is null as is_guest,
    row_number() over (
        partition by orders.source_name, coalesce(orders.customer_id, orders.order_id)
        order by orders.ordered_at, orders.order_id
    ) as customer_order_number,
    orders.line_count,
    orders.product_count,
    orders.unit_count,
    orders.gross_amount,
    orders.discount_amount,
    orders.net_revenue_amount,
    orders.tax_amount,
    orders.shipping_amount,
    orders.fee_amount,
    orders.gross_margin_amount,
    cast(coalesce(returned.returned_amount, 0) as {{ money_type() }}) as returned_amount,
    orders.ordered_at,
    orders.order_date
from orders
left join returned on orders.order_id = returned.order_id
