{# The catalogue, and what only order lines name where the shop has none. #}
with

catalogue as (

    select * from {{ ref('stg_shop__products') }}

),

sold as (

    select distinct
        source_name,
        product_code
    from {{ ref('stg_shop__order_items') }}

)

select
    source_name,
    source_name || ':' || product_code as product_id,
    product_code as source_product_id,
    product_name,
    category,
    product_kind,
    list_price,
    unit_cost
from catalogue

union all

select
    sold.source_name,
    sold.source_name || ':' || sold.product_code as product_id,
    sold.product_code as source_product_id,
    sold.product_code as product_name,
    cast(null as {{ dbt.type_string() }}) as category,
    'product' as product_kind,
    cast(null as {{ money_type() }}) as list_price,
    cast(null as {{ money_type() }}) as unit_cost
from sold
left join catalogue
    on sold.source_name = catalogue.source_name and sold.product_code = catalogue.product_code
where catalogue.product_code is null
