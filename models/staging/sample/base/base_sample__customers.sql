with

source as (

    select * from {{ source('sample', 'customers') }}

),

typed as (

    select
        {{ landing_keys() }},
        {{ safe_text('customer_id') }} as customer_number,
        {{ safe_text('full_name') }} as full_name,
        lower({{ safe_text('email') }}) as email,
        {{ safe_text('country') }} as country,
        {{ safe_text('acquisition_channel') }} as acquisition_channel,
        {{ safe_timestamp('signed_up_at') }} as signed_up_at
    from source

),

versioned as (

    select
        *,
        row_number() over (
            partition by customer_number order by _batch_id desc, _row_number desc
        ) as version
    from typed

)

select
    *,
    {{ first_reason([
        ["customer_number is null", "customer id is missing"],
        ["version > 1", "superseded: a later row has the same customer id"],
        ["signed_up_at is null", "sign-up time is not an ISO timestamp"],
    ]) }} as reject_reason
from versioned
