with

parsed as (

    select * from {{ ref('base_shop__reviews') }}

)

select
    {{ landing_keys() }},
    source_name,
    review_number,
    customer_number,
    order_number,
    product_code,
    rating,
    review_title,
    review_text,
    reviewed_at
from parsed
where reject_reason is null
