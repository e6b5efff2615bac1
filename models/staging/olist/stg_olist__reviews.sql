{{ config(enabled=is_source_enabled('olist')) }}
with

parsed as (

    select * from {{ ref('base_olist__reviews') }}

)

select
    {{ landing_keys() }},
    review_number,
    order_number,
    review_title,
    review_text,
    rating,
    asked_at,
    reviewed_at
from parsed
where reject_reason is null
