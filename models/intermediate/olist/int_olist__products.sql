{{ config(enabled=is_source_enabled('olist')) }}
with

products as (

    select
        product_code,
        portuguese_category
    from {{ ref('stg_olist__products') }}

),

sold as (

    select distinct product_code from {{ ref('stg_olist__order_items') }}

),

unlisted as (

    -- Where only the order lines were loaded, they say what the products are.
    select
        sold.product_code,
        cast(null as {{ dbt.type_string() }}) as portuguese_category
    from sold
    left join products on sold.product_code = products.product_code
    where products.product_code is null

),

unioned as (

    select * from products
    union all
    select * from unlisted

),

translated as (

    select
        unioned.product_code,
        coalesce(translations.category, unioned.portuguese_category) as category
    from unioned
    left join {{ ref('olist_category_names') }} as translations
        on unioned.portuguese_category = translations.portuguese_category

)

select
    'olist' as source_name,
    {{ entity_key('olist', 'product_code') }} as product_id,
    product_code as source_product_id,
    coalesce(category, 'Product') || ' ' || substr(product_code, 1, 8) as product_name,
    category,
    'product' as product_kind,
    cast(null as {{ money_type() }}) as list_price,
    cast(null as {{ money_type() }}) as unit_cost
from translated
