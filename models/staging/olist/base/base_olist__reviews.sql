{{ config(enabled=is_source_enabled('olist')) }}
with

source as (

    select * from {{ source('olist', 'reviews') }}

),

typed as {{ computed_once() }} (

    select
        {{ landing_keys() }},
        _loaded_at,
        {{ safe_text('review_id') }} as review_number,
        {{ safe_text('order_id') }} as order_number,
        {{ safe_text('review_comment_title') }} as review_title,
        -- A message of line breaks alone says nothing.
        case
            when trim(replace(replace(review_comment_message, chr(10), ' '), chr(13), ' ')) <> ''
                then trim(review_comment_message)
        end as review_text,
        {{ safe_integer('review_score') }} as rating,
        {{ safe_timestamp('review_creation_date') }} as asked_at,
        {{ safe_timestamp('review_answer_timestamp') }} as reviewed_at
    from source

),

orders as (

    select order_number as known_order_number from {{ ref('stg_olist__orders') }}

),

landed as (

    -- No order is unknown as long as the orders have not been loaded.
    select count(*) > 0 as orders_are_landed from {{ ref('base_olist__orders') }}

),

checked as (

    select
        typed.*,
        orders.known_order_number,
        landed.orders_are_landed,
        {{ first_reason([
            ["review_number is null", "review id is missing"],
            ["order_number is null", "order id is missing"],
            ["orders_are_landed and known_order_number is null", "order is unknown"],
            ["rating is null", "score is not a whole number"],
            ["rating not between 1 and 5", "score is not between 1 and 5"],
            ["reviewed_at is null", "answer time is not an ISO timestamp"],
            ["reviewed_at > _loaded_at", "answer time lies after the time of loading"],
        ]) }} as defect
    from typed
    cross join landed
    left join orders on typed.order_number = orders.known_order_number

),

versioned as (

    select
        *,
        {{ version_rank(['review_number', 'order_number']) }} as version_rank
    from checked

)

select
    *,
    {{ reject_reason_of_version('review id and order id') }} as reject_reason
from versioned
