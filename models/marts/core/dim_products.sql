select
    product_id,
    source_name,
    source_product_id,
    product_name,
    category,
    product_kind,
    product_kind = 'product' as is_product,
    list_price,
    unit_cost
from {{ ref('int_products__products') }}
