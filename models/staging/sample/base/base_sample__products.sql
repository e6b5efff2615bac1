with

source as (

    select * from {{ source('sample', 'products') }}

),

typed as (

    select
        {{ landing_keys() }},
        {{ safe_text('product_id') }} as product_code,
        {{ safe_text('product_name') }} as product_name,
        {{ safe_text('category') }} as category,
        {{ safe_text('unit_cost') }} as unit_cost_as_landed,
        {{ safe_numeric('list_price') }} as list_price,
        {{ safe_numeric('unit_cost') }} as unit_cost
    from source

),

versioned as (

    select
        *,
        row_number() over (
            partition by product_code order by _batch_id desc, _row_number desc
        ) as version
    from typed

)

select
    *,
    {{ first_reason([
        ["product_code is null", "product id is missing"],
        ["version > 1", "superseded: a later row has the same product id"],
        ["product_name is null", "product name is missing"],
        ["list_price is null", "list price is not a number"],
        ["list_price < 0", "list price is negative"],
        ["unit_cost is null and unit_cost_as_landed is not null", "unit cost is not a number"],
    ]) }} as reject_reason
from versioned
