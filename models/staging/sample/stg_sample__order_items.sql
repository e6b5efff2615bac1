with

parsed as (

    select * from {{ ref('base_sample__order_items') }}

)

select
    {{ landing_keys() }},
    order_number,
    product_code,
    line_number,
    quantity,
    unit_price,
    cast(coalesce(discount_amount, 0) as {{ money_type() }}) as discount_amount
from parsed
where reject_reason is null
