{{ config(
    materialized='view',
    meta={'restated_by': [
        ['customer_id', 'int_changes__customers'],
        ['return_id', 'int_changes__returns']
    ]}
) }}
select
    return_id,
    order_id,
    order_item_id,
    customer_id,
    product_id,
    product_kind,
    is_goods,
    source_name,
    currency,
    is_matched,
    quantity,
    returned_amount,
    returned_at,
    return_date
from {{ ref('int_sales__returns') }}
