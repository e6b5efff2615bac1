{{ config(materialized='view', meta={'restated_by': [['order_id', 'int_changes__orders']]}) }}
select
    order_item_id,
    order_id,
    customer_id,
    product_id,
    product_kind,
    is_goods,
    source_name,
    channel,
    country,
    currency,
    quantity,
    unit_price,
    gross_amount,
    discount_amount,
    net_revenue_amount,
    tax_amount,
    shipping_amount,
    fee_amount,
    gross_margin_amount,
    ordered_at,
    order_date
from {{ ref('int_sales__order_items') }}
