{{ config(enabled=is_source_enabled('olist')) }}
with

parsed as (

    select * from {{ ref('base_olist__orders') }}

)

select
    {{ landing_keys() }},
    order_number,
    customer_number,
    order_status,
    -- An order counts from the moment it is placed, unless it is called off or cannot be served.
    order_status not in ('canceled', 'unavailable') as is_sale,
    estimated_delivery_date,
    ordered_at,
    approved_at,
    handed_to_carrier_at,
    delivered_at
from parsed
where reject_reason is null
