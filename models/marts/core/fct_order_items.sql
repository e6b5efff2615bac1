select
    order_item_id,
    order_id,
    customer_id,
    product_id,
    source_name,
    channel,
    country,
    currency,
    quantity,
    unit_price,
    gross_amount,
    discount_amount,
    net_revenue_amount,
    gross_margin_amount,
    ordered_at,
    order_date
from {{ ref('int_sales__order_items') }}
