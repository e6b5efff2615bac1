with

source as (

    select * from {{ source('sample', 'order_items') }}

),

typed as (

    select
        {{ landing_keys() }},
        {{ safe_text('order_id') }} as order_number,
        {{ safe_text('product_id') }} as product_code,
        {{ safe_text('discount_amount') }} as discount_amount_as_landed,
        {{ safe_integer('line_number') }} as line_number,
        {{ safe_integer('quantity') }} as quantity,
        {{ safe_numeric('unit_price') }} as unit_price,
        {{ safe_numeric('discount_amount') }} as discount_amount
    from source

),

orders as (

    select order_number as known_order_number from {{ ref('stg_sample__orders') }}

),

products as (

    select product_code as known_product_code from {{ ref('stg_sample__products') }}

),

checked as (

    select
        typed.*,
        orders.known_order_number,
        products.known_product_code,
        {{ first_reason([
            ["order_number is null", "order id is missing"],
            ["line_number is null", "line number is not a whole number"],
            ["known_order_number is null", "order is unknown"],
            ["product_code is null", "product id is missing"],
            ["known_product_code is null", "product is unknown"],
            ["quantity is null", "quantity is not a whole number"],
            ["quantity <= 0", "quantity is not positive"],
            ["unit_price is null", "unit price is not a number"],
            ["unit_price < 0", "unit price is negative"],
            ["discount_amount is null and discount_amount_as_landed is not null",
                "discount is not a number"],
            ["discount_amount < 0", "discount is negative"],
            ["discount_amount > quantity * unit_price", "discount is more than the line is worth"],
        ]) }} as defect
    from typed
    left join orders on typed.order_number = orders.known_order_number
    left join products on typed.product_code = products.known_product_code

),

versioned as (

    -- Among sound rows only: a later row that is broken does not take the good one with it.
    select
        *,
        row_number() over (
            partition by order_number, line_number, case when defect is null then 1 else 0 end
            order by _batch_id desc, _row_number desc
        ) as version_rank
    from checked

)

select
    *,
    coalesce(
        defect,
        case
            when version_rank > 1
                then 'superseded: a later row has the same order id and line number'
        end
    ) as reject_reason
from versioned
