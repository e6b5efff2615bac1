{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['source_name', 'int_changes__windows']]}
) }}
{#
    Products that were bought together in the twelve complete months before the current one: it
    changes when the month turns, or when orders of these months are restated.
#}
{% set most_products = var("affinity_max_products_per_order") %}
{% set least_orders = var("affinity_min_order_count") %}
{%- set changed_shops = '(select source_name from ' ~ ref('int_changes__windows') ~ ')' %}
with

shops as (

    select
        source_name,
        window_start_date,
        current_month_start_date,
        row_number() over (order by source_name) * 4294967296 as first_number
    from {{ ref('int_calendar__current_months') }}

),

items as (

    -- Numbers are those of a shop. With the shop in them, pairs are joined and counted by numbers
    -- alone.
    select
        items.source_name,
        items.product_id,
        items.order_count,
        shops.first_number + items.basket_number as basket_number,
        shops.first_number + items.product_number as product_number
    from {{ ref('int_products__basket_items') }} as items
    inner join shops on items.source_name = shops.source_name
    {{ if_restating('where items.source_name in ' ~ changed_shops) }}

),

products as (

    select distinct
        source_name,
        product_number,
        product_id,
        order_count
    from items

),

orders as (

    select
        source_name,
        order_id,
        count(*) as product_count
    from {{ ref('int_products__window_items') }}
    {{ if_restating('where source_name in ' ~ changed_shops) }}
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

pairs as (

    select
        first_items.product_number as first_product_number,
        second_items.product_number as second_product_number,
        cast(count(*) as int) as pair_order_count
    from items as first_items
    inner join items as second_items
        on
            first_items.basket_number = second_items.basket_number
            and first_items.product_number < second_items.product_number
    group by first_items.product_number, second_items.product_number
    having count(*) >= {{ least_orders }}

),

named as (

    select
        first_products.source_name,
        first_products.product_id as first_product_id,
        second_products.product_id as second_product_id,
        pairs.pair_order_count,
        first_products.order_count as first_order_count,
        second_products.order_count as second_order_count,
        totals.order_count,
        totals.left_out_order_count,
        shops.window_start_date,
        shops.current_month_start_date as window_end_date
    from pairs
    inner join products as first_products
        on pairs.first_product_number = first_products.product_number
    inner join products as second_products
        on pairs.second_product_number = second_products.product_number
    inner join totals on first_products.source_name = totals.source_name
    inner join shops on first_products.source_name = shops.source_name

)

select * from named
