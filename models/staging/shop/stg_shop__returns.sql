with

parsed as (

    select * from {{ ref('base_shop__returns') }}

)

select
    {{ landing_keys() }},
    source_name,
    return_number,
    order_number,
    customer_number,
    product_code,
    return_reason,
    line_number,
    quantity,
    refund_amount,
    returned_at
from parsed
where reject_reason is null
