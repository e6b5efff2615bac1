with

parsed as (

    select * from {{ ref('base_shop__orders') }}

)

select
    {{ landing_keys() }},
    source_name,
    order_number,
    customer_number,
    full_name,
    email,
    phone,
    channel,
    country,
    currency,
    order_status,
    cast(coalesce(discount_amount, 0) as {{ money_type() }}) as discount_amount,
    shipping_amount,
    tax_amount,
    ordered_at
from parsed
where reject_reason is null
