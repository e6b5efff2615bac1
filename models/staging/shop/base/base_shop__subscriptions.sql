{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['source_name', 'subscription_number'],
    indexes=[
        {'columns': ['source_name', 'subscription_number']},
        {'columns': ['source_name', 'customer_number']},
        {'columns': ['reject_reason']},
        {'columns': ['_built_batch_id'], 'type': 'brin'},
    ]
) }}
with

source as (

    select * from {{ source('shop', 'subscriptions') }}
    {{ if_restating('where _batch_id > ' ~ last_built_batch()) }}

),

typed as {{ computed_once() }} (

    select
        {{ landing_keys() }},
        _source_name as source_name,
        {{ safe_text('subscription_id') }} as subscription_number,
        {{ safe_text('customer_id') }} as customer_number,
        {{ safe_text('plan_name') }} as plan_name,
        lower({{ safe_text('status') }}) as subscription_status,
        {{ safe_text('started_at') }} as started_at_as_landed,
        {{ safe_text('ended_at') }} as ended_at_as_landed,
        {{ safe_text('monthly_amount') }} as monthly_amount_as_landed,
        {{ safe_timestamp('started_at') }} as started_at,
        {{ safe_timestamp('ended_at') }} as ended_at,
        {{ safe_numeric('monthly_amount') }} as monthly_amount,
        upper({{ safe_text('currency') }}) as currency
    from source

),

landed as (

    {{ with_earlier_rows(
        'typed',
        key=['source_name', 'subscription_number'],
        derived=['known_customer_number'],
        retry=['customer is unknown']
    ) }}

),

{{ known_customers() }},

checked as (

    select
        landed.*,
        customers.known_customer_number,
        {{ first_reason([
            ["subscription_number is null", "subscription id is missing"],
            [unfit_id("subscription_number"), "subscription id is over 255 characters or holds a line break"],
            ["customer_number is null", "customer id is missing"],
            [unfit_id("customer_number"), "customer id is over 255 characters or holds a line break"],
            customer_is_unknown(),
            ["coalesce(subscription_status, '') not in ('active', 'cancelled', 'paused', 'trial')",
                "status is none of active, cancelled, paused, trial"],
            ["started_at is null and started_at_as_landed is not null",
                "start is not an ISO timestamp"],
            ["ended_at is null and ended_at_as_landed is not null", "end is not an ISO timestamp"],
            ["ended_at < started_at", "ended before it started"],
            ["monthly_amount is null and monthly_amount_as_landed is not null",
                "monthly amount is not a number"],
            ["monthly_amount < 0", "monthly amount is negative"],
        ]) }} as defect
    from landed
    {{ join_known_customers('landed') }}

),

versioned as (

    select
        *,
        {{ version_rank(['source_name', 'subscription_number']) }} as version_rank
    from checked

)

select
    *,
    {{ reject_reason_of_version('subscription id') }} as reject_reason,
    {{ this_built_batch() }} as _built_batch_id
from versioned
