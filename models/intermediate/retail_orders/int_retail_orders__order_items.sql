{{ config(enabled=is_source_enabled('retail_orders')) }}
with

orders as (

    select * from {{ ref('stg_retail_orders__orders') }}

),

discounted as (

    select
        *,
        cast(list_amount * discount_pct / 100 as {{ money_type() }}) as discount_amount
    from orders

)

select
    'retail_orders' as source_name,
    {{ entity_key('retail_orders', 'order_number') }} || '/1' as order_item_id,
    {{ entity_key('retail_orders', 'order_number') }} as order_id,
    cast(null as {{ dbt.type_string() }}) as account_id,
    {{ entity_key('retail_orders', 'product_code') }} as product_id,
    'product' as product_kind,
    cast(null as {{ dbt.type_string() }}) as channel,
    country,
    'USD' as currency,
    quantity,
    -- The list price of the file is that of the whole line, whatever its name says.
    cast(list_amount / quantity as numeric(18, 4)) as unit_price,
    cast(list_amount as {{ money_type() }}) as gross_amount,
    discount_amount,
    cast(list_amount - discount_amount as {{ money_type() }}) as net_revenue_amount,
    cast(null as {{ money_type() }}) as tax_amount,
    cast(null as {{ money_type() }}) as shipping_amount,
    cast(cost_amount as {{ money_type() }}) as cost_amount,
    ordered_at
from discounted
