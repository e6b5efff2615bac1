{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['source_name', 'int_changes__windows']]}
) }}
{#
    What is paired: short numbers stand for orders and products, which is quicker than their keys. A pair
    is in no more orders than the rarer of its products, so products below the floor go first. A
    table, so that Postgres knows its size: as part of the next statement it was guessed at one row,
    and every row was held against every other.
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

baskets as (

    select
        source_name,
        order_id,
        cast(row_number() over (partition by source_name order by order_id) as int)
            as basket_number
    from window_items
    group by source_name, order_id
    having count(*) <= {{ most_products }}

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
        cast(row_number() over (partition by source_name order by product_id) as int)
            as product_number
    from basket_items
    group by source_name, product_id
    having count(*) >= {{ least_orders }}

)

select
    products.source_name,
    basket_items.basket_number,
    products.product_number,
    products.product_id,
    products.order_count
from basket_items
inner join products
    on
        basket_items.source_name = products.source_name
        and basket_items.product_id = products.product_id
