{{ config(enabled=is_source_enabled('online_retail')) }}
with

parsed as (

    select * from {{ ref('base_online_retail__lines') }}

),

codes as (

    select * from {{ ref('online_retail_special_codes') }}

),

classified as (

    select
        parsed.*,
        coalesce(codes.product_kind, 'product') as product_kind
    from parsed
    left join codes on parsed.stock_code = codes.stock_code
    where parsed.reject_reason is null

)

select
    {{ landing_keys() }},
    line_hash || '-' || cast(occurrence as {{ dbt.type_string() }}) as line_id,
    invoice_number,
    stock_code,
    customer_number,
    product_description,
    country,
    product_kind,
    -- What the shop meant by the line. A line at no price is stock keeping, whatever its sign.
    case
        when invoice_number like 'C%' and quantity < 0 and unit_price > 0 then 'return'
        when
            invoice_number like 'C%' or invoice_number like 'A%'
            or quantity < 0 or unit_price <= 0 then 'adjustment'
        else 'sale'
    end as line_type,
    quantity,
    unit_price,
    cast(quantity * unit_price as {{ money_type() }}) as line_amount,
    invoiced_at
from classified
