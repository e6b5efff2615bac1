with

parsed as (

    select * from {{ ref('base_sample__returns') }}

)

select
    {{ landing_keys() }},
    return_number,
    order_number,
    return_reason,
    line_number,
    quantity,
    refund_amount,
    returned_at
from parsed
where reject_reason is null
