{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['source_name', 'review_number'],
    indexes=[
        {'columns': ['source_name', 'review_number']},
        {'columns': ['source_name', 'customer_number']},
        {'columns': ['reject_reason']},
        {'columns': ['_built_batch_id'], 'type': 'brin'},
    ]
) }}
with

source as (

    select * from {{ source('shop', 'reviews') }}
    {{ if_restating('where _batch_id > ' ~ last_built_batch()) }}

),

typed as {{ computed_once() }} (

    select
        {{ landing_keys() }},
        _loaded_at,
        _source_name as source_name,
        {{ safe_text('review_id') }} as review_number,
        {{ safe_text('customer_id') }} as customer_number,
        {{ safe_text('order_id') }} as order_number,
        {{ safe_text('product_id') }} as product_code,
        {{ safe_text('rating') }} as rating_as_landed,
        {{ safe_text('title') }} as review_title,
        {{ safe_text('body') }} as review_text,
        {{ safe_integer('rating') }} as rating,
        {{ safe_timestamp('reviewed_at') }} as reviewed_at
    from source

),

landed as (

    {{ with_earlier_rows(
        'typed',
        key=['source_name', 'review_number'],
        derived=['known_order_number', 'known_customer_number'],
        retry=['order is unknown', 'customer is unknown']
    ) }}

),

orders as (

    select
        source_name as order_source_name,
        order_number as known_order_number
    from {{ ref('stg_shop__orders') }}

),

{{ known_customers() }},

checked as (

    select
        landed.*,
        orders.known_order_number,
        customers.known_customer_number,
        {{ first_reason([
            ["review_number is null", "review id is missing"],
            [unfit_id("review_number"), "review id is over 255 characters or holds a line break"],
            [unfit_id("customer_number"), "customer id is over 255 characters or holds a line break"],
            ["reviewed_at is null", "review time is not an ISO timestamp"],
            ["reviewed_at > _loaded_at", "review time lies after the time of loading"],
            ["rating is null and rating_as_landed is not null", "rating is not a whole number"],
            ["rating < 1 or rating > 5", "rating is not between 1 and 5"],
            ["rating is null and review_title is null and review_text is null",
                "neither a rating nor a text"],
            ["order_number is not null and known_order_number is null", "order is unknown"],
            customer_is_unknown(),
        ]) }} as defect
    from landed
    left join orders
        on
            landed.source_name = orders.order_source_name
            and landed.order_number = orders.known_order_number
    {{ join_known_customers('landed') }}

),

versioned as (

    select
        *,
        {{ version_rank(['source_name', 'review_number']) }} as version_rank
    from checked

)

select
    *,
    {{ reject_reason_of_version('review id') }} as reject_reason,
    {{ this_built_batch() }} as _built_batch_id
from versioned
