{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['source_name', 'order_number', 'line_number'],
    indexes=[
        {'columns': ['source_name', 'order_number', 'line_number']},
        {'columns': ['reject_reason']},
        {'columns': ['_built_batch_id'], 'type': 'brin'},
    ]
) }}
with

source as (

    select * from {{ source('shop', 'order_items') }}
    {{ if_restating('where _batch_id > ' ~ last_built_batch()) }}

),

typed as {{ computed_once() }} (

    select
        {{ landing_keys() }},
        _source_name as source_name,
        {{ safe_text('order_id') }} as order_number,
        {{ safe_text('product_id') }} as product_code,
        {{ safe_text('discount_amount') }} as discount_amount_as_landed,
        {{ safe_text('tax_amount') }} as tax_amount_as_landed,
        {{ safe_integer('line_number') }} as line_number,
        {{ safe_integer('quantity') }} as quantity,
        {{ safe_numeric('unit_price') }} as unit_price,
        {{ safe_numeric('discount_amount') }} as discount_amount,
        {{ safe_numeric('tax_amount') }} as tax_amount
    from source

),

landed as (

    {{ with_earlier_rows(
        'typed',
        key=['source_name', 'order_number', 'line_number'],
        retry=['order is unknown', 'product is unknown']
    ) }}

),

orders as (

    select
        source_name as order_source_name,
        order_number as known_order_number
    from {{ ref('stg_shop__orders') }}

),

products as (

    select
        source_name as product_source_name,
        product_code as known_product_code,
        unit_cost as known_unit_cost
    from {{ ref('stg_shop__products') }}

),

product_files as (

    -- A shop that has exported no products has no unknown ones.
    select distinct source_name as source_with_products
    from {{ ref('stg_shop__products') }}

),

checked as (

    select
        landed.*,
        {{ first_reason([
            ["order_number is null", "order id is missing"],
            ["line_number is null", "line number is not a whole number"],
            ["known_order_number is null", "order is unknown"],
            ["product_code is null", "product id is missing"],
            [unfit_id("product_code"), "product id is over 255 characters or holds a line break"],
            ["known_product_code is null and source_with_products is not null",
                "product is unknown"],
            ["quantity is null", "quantity is not a whole number"],
            ["quantity <= 0", "quantity is not positive"],
            ["unit_price is null", "unit price is not a number"],
            ["unit_price < 0", "unit price is negative"],
            ["quantity * unit_price >= 1000000000000", "line is worth a trillion or more"],
            ["quantity * known_unit_cost >= 1000000000000", "line costs a trillion or more"],
            ["discount_amount is null and discount_amount_as_landed is not null",
                "discount is not a number"],
            ["discount_amount < 0", "discount is negative"],
            ["discount_amount > quantity * unit_price", "discount is more than the line is worth"],
            ["tax_amount is null and tax_amount_as_landed is not null", "tax is not a number"],
        ]) }} as defect
    from landed
    left join orders
        on
            landed.source_name = orders.order_source_name
            and landed.order_number = orders.known_order_number
    left join products
        on
            landed.source_name = products.product_source_name
            and landed.product_code = products.known_product_code
    left join product_files on landed.source_name = product_files.source_with_products

),

versioned as (

    -- Among sound rows only: a later row that is broken does not take the good one with it.
    select
        *,
        {{ version_rank(['source_name', 'order_number', 'line_number']) }} as version_rank
    from checked

)

select
    *,
    {{ reject_reason_of_version('order id and line number') }} as reject_reason,
    {{ this_built_batch() }} as _built_batch_id
from versioned
