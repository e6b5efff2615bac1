with

source as (

    select * from {{ source('shop', 'orders') }}

),

typed as (

    select
        {{ landing_keys() }},
        _loaded_at,
        _source_name as source_name,
        {{ safe_text('order_id') }} as order_number,
        {{ safe_text('customer_id') }} as customer_number,
        {{ safe_text('full_name') }} as full_name,
        lower({{ safe_text('email') }}) as email,
        {{ safe_text('phone') }} as phone,
        {{ safe_text('channel') }} as channel,
        {{ safe_text('country') }} as country,
        upper({{ safe_text('currency') }}) as currency,
        coalesce(lower({{ safe_text('status') }}), 'completed') as order_status,
        {{ safe_text('discount_amount') }} as discount_amount_as_landed,
        {{ safe_text('shipping_amount') }} as shipping_amount_as_landed,
        {{ safe_text('tax_amount') }} as tax_amount_as_landed,
        {{ safe_numeric('discount_amount') }} as discount_amount,
        {{ safe_numeric('shipping_amount') }} as shipping_amount,
        {{ safe_numeric('tax_amount') }} as tax_amount,
        {{ safe_timestamp('ordered_at') }} as ordered_at
    from source

),

customers as (

    select
        source_name as customer_source_name,
        customer_number as known_customer_number
    from {{ ref('stg_shop__customers') }}

),

customer_files as (

    -- A shop that has exported no customers has no unknown ones.
    select distinct source_name as source_with_customers
    from {{ ref('stg_shop__customers') }}

),

checked as (

    select
        typed.*,
        customers.known_customer_number,
        {{ first_reason([
            ["order_number is null", "order id is missing"],
            ["ordered_at is null", "order time is not an ISO timestamp"],
            ["ordered_at > _loaded_at", "order time lies after the time of loading"],
            ["customer_number is not null and known_customer_number is null "
                ~ "and source_with_customers is not null", "customer is unknown"],
            ["currency is null", "currency is missing"],
            ["length(currency) <> 3", "currency is not a code of three letters"],
            ["order_status not in ('completed', 'cancelled', 'test')",
                "status is none of completed, cancelled, test"],
            ["discount_amount is null and discount_amount_as_landed is not null",
                "discount is not a number"],
            ["discount_amount < 0", "discount is negative"],
            ["shipping_amount is null and shipping_amount_as_landed is not null",
                "shipping is not a number"],
            ["shipping_amount < 0", "shipping is negative"],
            ["tax_amount is null and tax_amount_as_landed is not null", "tax is not a number"],
        ]) }} as defect
    from typed
    left join customers
        on
            typed.source_name = customers.customer_source_name
            and typed.customer_number = customers.known_customer_number
    left join customer_files on typed.source_name = customer_files.source_with_customers

),

versioned as (

    -- Among sound rows only: a later row that is broken does not take the good one with it.
    select
        *,
        {{ version_rank(['source_name', 'order_number']) }} as version_rank
    from checked

)

select
    *,
    {{ reject_reason_of_version('order id') }} as reject_reason
from versioned
