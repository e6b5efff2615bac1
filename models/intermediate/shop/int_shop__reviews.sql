with

reviews as (

    select * from {{ ref('stg_shop__reviews') }}

),

orders as (

    select
        source_name,
        order_number,
        {{ shop_account_id() }} as account_id
    from {{ ref('stg_shop__orders') }}

)

select
    reviews.source_name,
    reviews.source_name || ':' || reviews.review_number as review_id,
    reviews.source_name || ':' || reviews.order_number as order_id,
    coalesce(reviews.source_name || ':' || reviews.customer_number, orders.account_id)
        as account_id,
    reviews.source_name || ':' || reviews.product_code as product_id,
    reviews.rating,
    reviews.review_title,
    reviews.review_text,
    reviews.reviewed_at
from reviews
left join orders
    on reviews.source_name = orders.source_name and reviews.order_number = orders.order_number
