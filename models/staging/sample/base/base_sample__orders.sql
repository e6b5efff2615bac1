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
        {{ safe_text('discount_amount') }} as discount_amount_as_landed,
        {{ safe_text('shipping_amount') }} as shipping_amount_as_landed,
        {{ safe_numeric('discount_amount') }} as discount_amount,
        {{ safe_numeric('shipping_amount') }} as shipping_amount,
        {{ safe_timestamp('ordered_at') }} as ordered_at
    from source

),

customers as (

    select customer_number as known_customer_number from {{ ref('stg_sample__customers') }}

),

checked as (

    select
        typed.*,
        customers.known_customer_number,
        {{ first_reason([
            ["order_number is null", "order id is missing"],
            ["ordered_at is null", "order time is not an ISO timestamp"],
            ["ordered_at > _loaded_at", "order time lies after the time of loading"],
            ["customer_number is not null and known_customer_number is null", "customer is unknown"],
            ["currency is null", "currency is missing"],
            ["coalesce(order_status, '') not in ('completed', 'cancelled')",
                "status is neither completed nor cancelled"],
            ["discount_amount is null and discount_amount_as_landed is not null",
                "discount is not a number"],
            ["discount_amount < 0", "discount is negative"],
            ["shipping_amount is null and shipping_amount_as_landed is not null",
                "shipping is not a number"],
        ]) }} as defect
    from typed
    left join customers on typed.customer_number = customers.known_customer_number

),

versioned as (

    -- Among sound rows only: a later row that is broken does not take the good one with it.
    select
        *,
        row_number() over (
            partition by order_number, case when defect is null then 1 else 0 end
            order by _batch_id desc, _row_number desc
        ) as version_rank
    from checked

)

select
    *,
    coalesce(
        defect,
        case when version_rank > 1 then 'superseded: a later row has the same order id' end
    ) as reject_reason
from versioned
