{{ config(enabled=is_source_enabled('olist')) }}
with

source as (

    select * from {{ source('olist', 'products') }}

),

typed as {{ computed_once() }} (

    select
        {{ landing_keys() }},
        {{ safe_text('product_id') }} as product_code,
        lower({{ safe_text('product_category_name') }}) as portuguese_category,
        {{ safe_integer('product_name_length') }} as name_length,
        {{ safe_integer('product_description_length') }} as description_length,
        {{ safe_integer('product_photos_qty') }} as photo_count,
        {{ safe_numeric('product_weight_g') }} as weight_g,
        {{ safe_numeric('product_length_cm') }} as length_cm,
        {{ safe_numeric('product_height_cm') }} as height_cm,
        {{ safe_numeric('product_width_cm') }} as width_cm
    from source

),

checked as (

    select
        *,
        {{ first_reason([
            ["product_code is null", "product id is missing"],
        ]) }} as defect
    from typed

),

versioned as (

    select
        *,
        {{ version_rank(['product_code']) }} as version_rank
    from checked

)

select
    *,
    {{ reject_reason_of_version('product id') }} as reject_reason
from versioned
