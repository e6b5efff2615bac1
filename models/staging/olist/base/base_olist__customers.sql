{{ config(enabled=is_source_enabled('olist')) }}
with

source as (

    select * from {{ source('olist', 'customers') }}

),

typed as {{ computed_once() }} (

    select
        {{ landing_keys() }},
        {{ safe_text('customer_id') }} as customer_number,
        {{ safe_text('customer_unique_id') }} as person_number,
        {{ five_digit_code('customer_zip_code_prefix') }} as zip_code_prefix,
        {{ safe_text('customer_city') }} as city,
        {{ safe_text('customer_state') }} as state
    from source

),

checked as (

    select
        *,
        {{ first_reason([
            ["customer_number is null", "customer id is missing"],
        ]) }} as defect
    from typed

),

versioned as (

    select
        *,
        {{ version_rank(['customer_number']) }} as version_rank
    from checked

)

select
    *,
    {{ reject_reason_of_version('customer id') }} as reject_reason
from versioned
