with

source as (

    select * from {{ source('sample', 'orders') }}

),

typed as (

    select
        {{ landing_keys() }},
        _loaded_at,
        {{ safe_text('order_id') }} as order_number,
        {{ safe_text('customer_id') }} as customer_number,
        {{ safe_text('channel') }} as channel,
        upper({{ safe_text('currency') }}) as currency,
        lower({{ safe_text('status') }}) as order_status,
        {{ safe_numeric('discount_amount') }} as discount_amount,
        {{ safe_numeric('shipping_amount') }} as shipping_amount,
        {{ safe_timestamp('ordered_at') }} as ordered_at
    from source

),

customers as (

    select customer_number as known_customer_number from {{ ref('stg_sample__customers') }}

),

versioned as (

    select
        typed.*,
        customers.known_customer_number,
        row_number() over (
            partition by typed.order_number order by typed._batch_id desc, typed._row_number desc
        ) as version
    from typed
    left join customers on typed.customer_number = customers.known_customer_number

)

select
    *,
    {{ first_reason([
        ["order_number is null", "order id is missing"],
        ["version > 1", "superseded: a later row has the same order id"],
        ["ordered_at is null", "order time is not an ISO timestamp"],
        ["ordered_at > _loaded_at", "order time lies after the time of loading"],
        ["customer_number is not null and known_customer_number is null", "customer is unknown"],
        ["currency is null", "currency is missing"],
        ["coalesce(order_status, '') not in ('completed', 'cancelled')",
            "status is neither completed nor cancelled"],
    ]) }} as reject_reason
from versioned
