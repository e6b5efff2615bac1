{{ config(enabled=is_source_enabled('olist')) }}
with

source as (

    select * from {{ source('olist', 'order_items') }}

),

typed as {{ computed_once() }} (

    select
        {{ landing_keys() }},
        {{ safe_text('order_id') }} as order_number,
        {{ safe_text('product_id') }} as product_code,
        {{ safe_text('seller_id') }} as seller_number,
        {{ safe_text('freight_value') }} as shipping_amount_as_landed,
        {{ safe_integer('order_item_id') }} as line_number,
        {{ safe_numeric('price') }} as unit_price,
        {{ safe_numeric('freight_value') }} as shipping_amount,
        {{ safe_timestamp('shipping_limit_date') }} as shipping_limit_at
    from source

),

orders as (

    select order_number as known_order_number from {{ ref('stg_olist__orders') }}

),

products as (

    select product_code as known_product_code from {{ ref('stg_olist__products') }}

),

landed as (

    -- Nothing is unknown as long as the file that would name it has not been loaded.
    select
        (select count(*) from {{ ref('base_olist__orders') }}) > 0 as orders_are_landed,
        (select count(*) from {{ ref('base_olist__products') }}) > 0 as products_are_landed

),

checked as (

    select
        typed.*,
        orders.known_order_number,
        products.known_product_code,
        landed.orders_are_landed,
        landed.products_are_landed,
        {{ first_reason([
            ["order_number is null", "order id is missing"],
            ["line_number is null", "line number is not a whole number"],
            ["orders_are_landed and known_order_number is null", "order is unknown"],
            ["product_code is null", "product id is missing"],
            ["products_are_landed and known_product_code is null", "product is unknown"],
            ["unit_price is null", "price is not a number"],
            ["unit_price < 0", "price is negative"],
            ["shipping_amount is null and shipping_amount_as_landed is not null",
                "freight is not a number"],
            ["shipping_amount < 0", "freight is negative"],
        ]) }} as defect
    from typed
    cross join landed
    left join orders on typed.order_number = orders.known_order_number
    left join products on typed.product_code = products.known_product_code

),

versioned as (

    select
        *,
        {{ version_rank(['order_number', 'line_number']) }} as version_rank
    from checked

)

select
    *,
    {{ reject_reason_of_version('order id and line number') }} as reject_reason
from versioned
