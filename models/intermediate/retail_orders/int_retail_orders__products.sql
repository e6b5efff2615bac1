{{ config(enabled=is_source_enabled('retail_orders')) }}
with

orders as (

    select * from {{ ref('stg_retail_orders__orders') }}

),

ranked as (

    select
        product_code,
        category,
        sub_category,
        row_number() over (
            partition by product_code order by ordered_at desc, order_number desc
        ) as recency_rank
    from orders

)

select
    'retail_orders' as source_name,
    {{ entity_key('retail_orders', 'product_code') }} as product_id,
    product_code as source_product_id,
    coalesce(sub_category || ' ', '') || product_code as product_name,
    category,
    'product' as product_kind,
    cast(null as {{ money_type() }}) as list_price,
    cast(null as {{ money_type() }}) as unit_cost
from ranked
where recency_rank = 1
