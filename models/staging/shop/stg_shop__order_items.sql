with

parsed as (

    select * from {{ ref('base_shop__order_items') }}

)

select
    {{ landing_keys() }},
    source_name,
    order_number,
    product_code,
    line_number,
    quantity,
    unit_price,
    cast(coalesce(discount_amount, 0) as {{ money_type() }}) as discount_amount,
    tax_amount
from parsed
where reject_reason is null
