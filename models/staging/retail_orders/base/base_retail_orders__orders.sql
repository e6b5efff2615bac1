{{ config(enabled=is_source_enabled('retail_orders')) }}
with

source as (

    select * from {{ source('retail_orders', 'orders') }}

),

typed as {{ computed_once() }} (

    select
        {{ landing_keys() }},
        _loaded_at,
        {{ safe_text('order_id') }} as order_number,
        {{ safe_text('product_id') }} as product_code,
        {{ safe_text('category') }} as category,
        {{ safe_text('sub_category') }} as sub_category,
        case
            when lower({{ safe_text('ship_mode') }}) not in ('not available', 'unknown', 'n/a')
                then {{ safe_text('ship_mode') }}
        end as ship_mode,
        {{ safe_text('segment') }} as segment,
        {{ safe_text('country') }} as country,
        {{ safe_text('region') }} as region,
        {{ safe_text('state') }} as state,
        {{ safe_text('city') }} as city,
        {{ five_digit_code('postal_code') }} as postal_code,
        {{ safe_text('cost_price') }} as cost_amount_as_landed,
        {{ safe_text('discount_percent') }} as discount_pct_as_landed,
        {{ safe_integer('quantity') }} as quantity,
        {{ safe_numeric('list_price') }} as list_amount,
        {{ safe_numeric('cost_price') }} as cost_amount,
        {{ safe_numeric('discount_percent') }} as discount_pct,
        {{ safe_timestamp('order_date') }} as ordered_at
    from source

),

checked as (

    select
        *,
        {{ first_reason([
            ["order_number is null", "order id is missing"],
            ["ordered_at is null", "order date is not an ISO date"],
            ["ordered_at > _loaded_at", "order date lies after the time of loading"],
            ["product_code is null", "product id is missing"],
            ["quantity is null", "quantity is not a whole number"],
            ["quantity <= 0", "quantity is not positive"],
            ["list_amount is null", "list price is not a number"],
            ["list_amount < 0", "list price is negative"],
            ["cost_amount is null and cost_amount_as_landed is not null",
                "cost price is not a number"],
            ["cost_amount < 0", "cost price is negative"],
            ["discount_pct is null and discount_pct_as_landed is not null",
                "discount percent is not a number"],
            ["discount_pct not between 0 and 100", "discount percent is not between 0 and 100"],
        ]) }} as defect
    from typed

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
