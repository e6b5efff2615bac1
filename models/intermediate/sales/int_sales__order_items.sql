with

unioned as (

    select * from {{ ref('int_sales__online_retail_items') }}
    union all
    select * from {{ ref('int_sales__sample_items') }}

)

select
    source_name,
    order_item_id,
    order_id,
    customer_id,
    product_id,
    channel,
    country,
    currency,
    quantity,
    unit_price,
    gross_amount,
    discount_amount,
    net_revenue_amount,
    cast(net_revenue_amount - cost_amount as {{ money_type() }}) as gross_margin_amount,
    ordered_at,
    cast(ordered_at as date) as order_date
from unioned
