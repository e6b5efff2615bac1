{{ config(enabled=is_source_enabled('olist')) }}
with

source as (

    select * from {{ source('olist', 'payments') }}

),

typed as {{ computed_once() }} (

    select
        {{ landing_keys() }},
        {{ safe_text('order_id') }} as order_number,
        lower({{ safe_text('payment_type') }}) as payment_type,
        {{ safe_integer('payment_sequential') }} as payment_number,
        {{ safe_integer('payment_installments') }} as instalment_count,
        {{ safe_numeric('payment_value') }} as paid_amount
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
            ["order_number is null", "order id is missing"],
            ["payment_number is null", "payment number is not a whole number"],
            ["orders_are_landed and known_order_number is null", "order is unknown"],
            ["paid_amount is null", "payment value is not a number"],
            ["paid_amount < 0", "payment value is negative"],
        ]) }} as defect
    from typed
    cross join landed
    left join orders on typed.order_number = orders.known_order_number

),

versioned as (

    select
        *,
        {{ version_rank(['order_number', 'payment_number']) }} as version_rank
    from checked

)

select
    *,
    {{ reject_reason_of_version('order id and payment number') }} as reject_reason
from versioned
