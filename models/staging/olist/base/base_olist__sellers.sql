{{ config(enabled=is_source_enabled('olist')) }}
with

source as (

    select * from {{ source('olist', 'sellers') }}

),

typed as {{ computed_once() }} (

    select
        {{ landing_keys() }},
        {{ safe_text('seller_id') }} as seller_number,
        {{ five_digit_code('seller_zip_code_prefix') }} as zip_code_prefix,
        {{ safe_text('seller_city') }} as city,
        {{ safe_text('seller_state') }} as state
    from source

),

checked as (

    select
        *,
        {{ first_reason([
            ["seller_number is null", "seller id is missing"],
        ]) }} as defect
    from typed

),

versioned as (

    select
        *,
        {{ version_rank(['seller_number']) }} as version_rank
    from checked

)

select
    *,
    {{ reject_reason_of_version('seller id') }} as reject_reason
from versioned
