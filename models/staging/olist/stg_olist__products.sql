{{ config(enabled=is_source_enabled('olist')) }}
with

parsed as (

    select * from {{ ref('base_olist__products') }}

)

select
    {{ landing_keys() }},
    product_code,
    portuguese_category,
    name_length,
    description_length,
    photo_count,
    weight_g,
    length_cm,
    height_cm,
    width_cm
from parsed
where reject_reason is null
