{{ config(
    materialized='view',
    meta={'restated_by': [
        ['review_id', 'int_changes__landed_reviews']
    ]}
) }}
select
    review_id,
    order_id,
    customer_id,
    product_id,
    source_name,
    rating,
    review_title,
    review_text,
    reviewed_at,
    cast(reviewed_at as date) as review_date
from {{ ref('int_engagement__reviews') }}
