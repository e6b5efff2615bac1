{{ config(
    enabled=is_source_enabled('online_retail'),
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['order_id', 'int_changes__orders']]},
    indexes=[{'columns': ['order_id']}]
) }}
with

lines as (

    select * from {{ ref('stg_online_retail__lines') }}
    where
        line_type = 'sale'
        {{ if_restating(
            'and invoice_number in (select order_number from ' ~ ref('int_changes__orders')
            ~ " where source_name = 'online_retail')"
        ) }}

),

invoices as (

    -- A few invoices straddle a minute, so their lines carry two times: the first is the order's.
    select
        invoice_number,
        max(customer_number) as customer_number,
        max(country) as country,
        min(invoiced_at) as ordered_at
    from lines
    group by invoice_number

)

select
    'online_retail' as source_name,
    {{ entity_key('online_retail', 'lines.invoice_number') }}
    || '/' || lines.line_id as order_item_id,
    {{ entity_key('online_retail', 'lines.invoice_number') }} as order_id,
    {{ entity_key('online_retail', 'invoices.customer_number') }} as account_id,
    {{ entity_key('online_retail', 'lines.stock_code') }} as product_id,
    lines.product_kind,
    cast('unknown' as {{ dbt.type_string() }}) as channel,
    invoices.country,
    'GBP' as currency,
    lines.quantity,
    lines.unit_price,
    lines.line_amount as gross_amount,
    cast(0 as {{ money_type() }}) as discount_amount,
    lines.line_amount as net_revenue_amount,
    cast(null as {{ money_type() }}) as tax_amount,
    cast(null as {{ money_type() }}) as shipping_amount,
    cast(null as {{ money_type() }}) as cost_amount,
    invoices.ordered_at
from lines
inner join invoices on lines.invoice_number = invoices.invoice_number
