{{ config(enabled=is_source_enabled('olist')) }}
with

source as (

    select * from {{ source('olist', 'orders') }}

),

typed as {{ computed_once() }} (

    select
        {{ landing_keys() }},
        _loaded_at,
        {{ safe_text('order_id') }} as order_number,
        {{ safe_text('customer_id') }} as customer_number,
        lower({{ safe_text('order_status') }}) as order_status,
        {{ safe_timestamp('order_purchase_timestamp') }} as ordered_at,
        {{ safe_timestamp('order_approved_at') }} as approved_at,
        {{ safe_timestamp('order_delivered_carrier_date') }} as handed_to_carrier_at,
        {{ safe_timestamp('order_delivered_customer_date') }} as delivered_at,
        cast({{ safe_timestamp('order_estimated_delivery_date') }} as date)
            as estimated_delivery_date
    from source

),

customers as (

    select customer_number as known_customer_number from {{ ref('stg_olist__customers') }}

),

landed as (

    -- Nobody is unknown to a shop that has brought no customers.
    select count(*) > 0 as customers_are_landed from {{ ref('base_olist__customers') }}

),

checked as (

    select
        typed.*,
        customers.known_customer_number,
        landed.customers_are_landed,
        {{ first_reason([
            ["order_number is null", "order id is missing"],
            ["ordered_at is null", "purchase time is not an ISO timestamp"],
            ["ordered_at > _loaded_at", "purchase time lies after the time of loading"],
            ["customers_are_landed and customer_number is not null"
                ~ " and known_customer_number is null", "customer is unknown"],
            ["coalesce(order_status, '') not in ('created', 'approved', 'invoiced', 'processing',"
                ~ " 'shipped', 'delivered', 'canceled', 'unavailable')",
                "status is none of the eight of the shop"],
        ]) }} as defect
    from typed
    cross join landed
    left join customers on typed.customer_number = customers.known_customer_number

),

versioned as (

    select
        *,
        {{ version_rank(['order_number']) }} as version_rank
    from checked

)

select
    *,
    {{ reject_reason_of_version('order id') }} as reject_reason
from versioned
