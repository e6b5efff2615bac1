with

parsed as (

    select * from {{ ref('base_sample__orders') }}

)

select
    {{ landing_keys() }},
    order_number,
    customer_number,
    channel,
    currency,
    order_status,
    cast(coalesce(discount_amount, 0) as {{ money_type() }}) as discount_amount,
    cast(coalesce(shipping_amount, 0) as {{ money_type() }}) as shipping_amount,
    ordered_at
from parsed
where reject_reason is null
