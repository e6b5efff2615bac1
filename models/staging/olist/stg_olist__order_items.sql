{{ config(enabled=is_source_enabled('olist')) }}
with

parsed as (

    select * from {{ ref('base_olist__order_items') }}

)

select
    {{ landing_keys() }},
    order_number,
    product_code,
    seller_number,
    line_number,
    unit_price,
    shipping_amount,
    shipping_limit_at
from parsed
where reject_reason is null
