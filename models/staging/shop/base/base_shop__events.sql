{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['source_name', 'event_key'],
    indexes=[
        {'columns': ['source_name', 'event_key']},
        {'columns': ['source_name', 'customer_number']},
        {'columns': ['reject_reason']},
        {'columns': ['_built_batch_id'], 'type': 'brin'},
    ]
) }}
with

source as (

    select * from {{ source('shop', 'events') }}
    {{ if_restating('where _batch_id > ' ~ last_built_batch()) }}

),

typed as {{ computed_once() }} (

    select
        {{ landing_keys() }},
        _loaded_at,
        _source_name as source_name,
        {{ safe_text('event_id') }} as event_number,
        {{ safe_text('customer_id') }} as customer_number,
        lower({{ safe_text('event_type') }}) as event_type,
        {{ safe_text('channel') }} as channel,
        {{ safe_text('product_id') }} as product_code,
        {{ safe_text('session_id') }} as session_number,
        {{ safe_timestamp('occurred_at') }} as occurred_at
    from source

),

keyed as (

    -- Without a number of its own an event is what it says: two equal ones are one.
    select
        *,
        coalesce(event_number, {{ dbt.hash(
            "coalesce(customer_number, '') || '|' || coalesce(event_type, '') || '|' || coalesce(channel, '')"
            ~ " || '|' || coalesce(product_code, '') || '|' || coalesce(session_number, '')"
            ~ " || '|' || coalesce(cast(occurred_at as " ~ dbt.type_string() ~ "), '')"
        ) }}) as event_key
    from typed

),

landed as (

    {{ with_earlier_rows(
        'keyed',
        key=['source_name', 'event_key'],
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
            ["customer_number is null", "customer id is missing"],
            customer_is_unknown(),
            ["event_type is null", "event type is missing"],
            ["occurred_at is null", "event time is not an ISO timestamp"],
            ["occurred_at > _loaded_at", "event time lies after the time of loading"],
        ]) }} as defect
    from landed
    {{ join_known_customers('landed') }}

),

versioned as (

    select
        *,
        {{ version_rank(['source_name', 'event_key']) }} as version_rank
    from checked

)

select
    *,
    {{ reject_reason_of_version('event id, or is equal in every column') }} as reject_reason,
    {{ this_built_batch() }} as _built_batch_id
from versioned
