{{ config(enabled=is_source_enabled('retail_orders')) }}
with

parsed as (

    select * from {{ ref('base_retail_orders__orders') }}

)

select
    {{ landing_keys() }},
    order_number,
    product_code,
    category,
    sub_category,
    ship_mode,
    segment,
    country,
    region,
    state,
    city,
    postal_code,
    quantity,
    list_amount,
    -- Rounded to tens, so 0 is some cost below 5 and not none.
    nullif(cost_amount, 0) as cost_amount,
    cast(coalesce(discount_pct, 0) as {{ money_type() }}) as discount_pct,
    ordered_at
from parsed
where reject_reason is null
