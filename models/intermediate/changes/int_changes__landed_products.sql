{# Products that rows since the last build name. Empty when everything is built. #}
with

shop_products as (

    select
        source_name,
        product_code
    from {{ ref('base_shop__products') }}
    where {{ is_new_in_base() }} and product_code is not null

    union distinct

    select
        source_name,
        product_code
    from {{ ref('base_shop__order_items') }}
    where {{ is_new_in_base() }} and product_code is not null

)

select
    source_name,
    product_code,
    source_name || ':' || product_code as product_id
from shop_products
