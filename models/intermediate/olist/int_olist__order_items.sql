{{ config(enabled=is_source_enabled('olist')) }}
with

items as (

    select * from {{ ref('stg_olist__order_items') }}

),

orders as (

    select * from {{ ref('stg_olist__orders') }}
    where is_sale

)

select
    'olist' as source_name,
    {{ entity_key('olist', 'items.order_number') }}
    || '/' || cast(items.line_number as {{ dbt.type_string() }}) as order_item_id,
    {{ entity_key('olist', 'items.order_number') }} as order_id,
    {{ entity_key('olist', 'orders.customer_number') }} as account_id,
    {{ entity_key('olist', 'items.product_code') }} as product_id,
    'product' as product_kind,
    'marketplace' as channel,
    'Brazil' as country,
    'BRL' as currency,
    -- Two pieces of one product are two lines.
    1 as quantity,
    items.unit_price,
    cast(items.unit_price as {{ money_type() }}) as gross_amount,
    cast(0 as {{ money_type() }}) as discount_amount,
    cast(items.unit_price as {{ money_type() }}) as net_revenue_amount,
    cast(null as {{ money_type() }}) as tax_amount,
    cast(items.shipping_amount as {{ money_type() }}) as shipping_amount,
    cast(null as {{ money_type() }}) as cost_amount,
    orders.ordered_at
from items
inner join orders on items.order_number = orders.order_number
