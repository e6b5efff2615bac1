{{ config(enabled=is_source_enabled('olist')) }}
with

parsed as (

    select * from {{ ref('base_olist__payments') }}

)

select
    {{ landing_keys() }},
    order_number,
    payment_type,
    payment_number,
    instalment_count,
    paid_amount
from parsed
where reject_reason is null
