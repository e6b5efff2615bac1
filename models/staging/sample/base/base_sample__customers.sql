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

checked as (

    select
        *,
        {{ first_reason([
            ["customer_number is null", "customer id is missing"],
            ["signed_up_at is null", "sign-up time is not an ISO timestamp"],
        ]) }} as defect
    from typed

),

versioned as (

    -- Among sound rows only: a later row that is broken does not take the good one with it.
    select
        *,
        row_number() over (
            partition by customer_number, case when defect is null then 1 else 0 end
            order by _batch_id desc, _row_number desc
        ) as version_rank
    from checked

)

select
    *,
    coalesce(
        defect,
        case when version_rank > 1 then 'superseded: a later row has the same customer id' end
    ) as reject_reason
from versioned
