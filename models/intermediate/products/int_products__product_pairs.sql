{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['source_name', 'int_changes__windows']]}
) }}
{#
    Products that were bought together in the twelve complete months before the current one: it
    changes when the month turns, or when one of these months is restated. A pair is in no more orders
    than the rarer of its products, so products below the floor go first. Short numbers stand for
    orders and products while pairs are counted, which is quicker than their keys.
#}
{% set most_products = var("affinity_max_products_per_order") %}
{% set least_orders = var("affinity_min_order_count") %}
with

window_items as (

    select * from {{ ref('int_products__window_items') }}
    {{ if_restating(
        'where source_name in (select source_name from ' ~ ref('int_changes__windows') ~ ')'
    ) }}

),

orders as (

    select
        source_name,
        order_id,
        count(*) as product_count
    from window_items
    group by source_name, order_id

),

totals as (

    select
        source_name,
        cast(sum(case when product_count <= {{ most_products }} then 1 else 0 end) as int)
            as order_count,
        cast(sum(case when product_count > {{ most_products }} then 1 else 0 end) as int)
            as left_out_order_count
    from orders
    group by source_name

),

baskets as (

    select
        source_name,
        order_id,
        cast(row_number() over (order by source_name, order_id) as int) as basket_number
    from orders
    where product_count <= {{ most_products }}

),

basket_items as (

    select
        baskets.basket_number,
        baskets.source_name,
        window_items.product_id
    from window_items
    inner join baskets
        on
            window_items.source_name = baskets.source_name
            and window_items.order_id = baskets.order_id

),

products as (

    select
        source_name,
        product_id,
        cast(count(*) as int) as order_count,
        cast(row_number() over (order by source_name, product_id) as int) as product_number
    from basket_items
    group by source_name, product_id
    having count(*) >= {{ least_orders }}

),

numbered_items as (

    select
        basket_items.basket_number,
        products.product_number
    from basket_items
    inner join products
        on
            basket_items.source_name = products.source_name
            and basket_items.product_id = products.product_id

),

pairs as (

    select
        first_items.product_number as first_product_number,
        second_items.product_number as second_product_number,
        cast(count(*) as int) as pair_order_count
    from numbered_items as first_items
    inner join numbered_items as second_items
        on
            first_items.basket_number = second_items.basket_number
            and first_items.product_number < second_items.product_number
    group by first_items.product_number, second_items.product_number
    having count(*) >= {{ least_orders }}

),

named as (

    select
        totals.source_name,
        first_products.product_id as first_product_id,
        second_products.product_id as second_product_id,
        pairs.pair_order_count,
        first_products.order_count as first_order_count,
        second_products.order_count as second_order_count,
        totals.order_count,
        totals.left_out_order_count,
        today.window_start_date,
        today.current_month_start_date as window_end_date
    from pairs
    inner join products as first_products
        on pairs.first_product_number = first_products.product_number
    inner join products as second_products
        on pairs.second_product_number = second_products.product_number
    inner join totals on first_products.source_name = totals.source_name
    inner join {{ ref('int_calendar__current_months') }} as today
        on totals.source_name = today.source_name

)

select * from named
