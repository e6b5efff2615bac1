with

parsed as (

    select * from {{ ref('base_shop__events') }}

)

select
    {{ landing_keys() }},
    source_name,
    event_key,
    customer_number,
    event_type,
    channel,
    product_code,
    session_number,
    occurred_at
from parsed
where reject_reason is null
