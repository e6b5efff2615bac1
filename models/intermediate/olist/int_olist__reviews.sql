{{ config(enabled=is_source_enabled('olist')) }}
with

reviews as (

    select * from {{ ref('stg_olist__reviews') }}

),

orders as (

    select
        order_number,
        customer_number
    from {{ ref('stg_olist__orders') }}

),

bought as (

    -- A review is of an order: of a product only where the order held no other.
    select
        order_number,
        case when count(distinct product_code) = 1 then min(product_code) end as product_code
    from {{ ref('stg_olist__order_items') }}
    group by order_number

)

select
    'olist' as source_name,
    {{ entity_key('olist', 'reviews.review_number') }}
    || '/' || reviews.order_number as review_id,
    {{ entity_key('olist', 'reviews.order_number') }} as order_id,
    {{ entity_key('olist', 'orders.customer_number') }} as account_id,
    {{ entity_key('olist', 'bought.product_code') }} as product_id,
    reviews.rating,
    reviews.review_title,
    reviews.review_text,
    reviews.reviewed_at
from reviews
left join orders on reviews.order_number = orders.order_number
left join bought on reviews.order_number = bought.order_number
