{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['product_id', 'int_changes__landed_products']]},
    indexes=[{'columns': ['product_id']}]
) }}
{%- set landed = ref('int_changes__landed_products') %}
{# The catalogue, and what only order lines name where the shop has none. #}
with

catalogue as (

    select * from {{ ref('stg_shop__products') }}
    {{ if_restating(
        'where (source_name, product_code) in (select source_name, product_code from ' ~ landed ~ ')'
    ) }}

),

sold as (

    select distinct
        source_name,
        product_code
    from {{ ref('stg_shop__order_items') }}
    {# Of those without an entry only: their lines must be looked for, usually there are none. #}
    {{ if_restating(
        'where (source_name, product_code) in (select source_name, product_code from ' ~ landed
        ~ ' where product_id not in (select source_name || \':\' || product_code from catalogue))'
    ) }}

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
