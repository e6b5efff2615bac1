{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['source_name', 'customer_number'],
    indexes=[
        {'columns': ['source_name', 'customer_number']},
        {'columns': ['reject_reason']},
        {'columns': ['_built_batch_id'], 'type': 'brin'},
    ]
) }}
with

source as (

    select * from {{ source('shop', 'customers') }}
    {{ if_restating('where _batch_id > ' ~ last_built_batch()) }}

),

typed as {{ computed_once() }} (

    select
        {{ landing_keys() }},
        _source_name as source_name,
        {{ safe_text('customer_id') }} as customer_number,
        {{ safe_text('full_name') }} as full_name,
        lower({{ safe_text('email') }}) as email,
        {{ safe_text('phone') }} as phone,
        {{ safe_text('account_id') }} as account_number,
        {{ safe_text('country') }} as country,
        {{ safe_text('acquisition_channel') }} as acquisition_channel,
        {{ safe_text('signed_up_at') }} as signed_up_at_as_landed,
        {{ safe_timestamp('signed_up_at') }} as signed_up_at
    from source

),

landed as (

    {{ with_earlier_rows('typed', key=['source_name', 'customer_number']) }}

),

checked as (

    select
        *,
        {{ first_reason([
            ["customer_number is null", "customer id is missing"],
            [unfit_id("customer_number"), "customer id is over 255 characters or holds a line break"],
            ["signed_up_at is null and signed_up_at_as_landed is not null",
                "sign-up time is not an ISO timestamp"],
        ]) }} as defect
    from landed

),

versioned as (

    -- Among sound rows only: a later row that is broken does not take the good one with it.
    select
        *,
        {{ version_rank(['source_name', 'customer_number']) }} as version_rank
    from checked

)

select
    *,
    {{ reject_reason_of_version('customer id') }} as reject_reason,
    {{ this_built_batch() }} as _built_batch_id
from versioned
