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

checked as (

    select
        *,
        {{ first_reason([
            ["product_code is null", "product id is missing"],
            ["product_name is null", "product name is missing"],
            ["list_price is null", "list price is not a number"],
            ["list_price < 0", "list price is negative"],
            ["unit_cost is null and unit_cost_as_landed is not null", "unit cost is not a number"],
            ["unit_cost < 0", "unit cost is negative"],
        ]) }} as defect
    from typed

),

versioned as (

    -- Among sound rows only: a later row that is broken does not take the good one with it.
    select
        *,
        row_number() over (
            partition by product_code, case when defect is null then 1 else 0 end
            order by _batch_id desc, _row_number desc
        ) as version_rank
    from checked

)

select
    *,
    coalesce(
        defect,
        case when version_rank > 1 then 'superseded: a later row has the same product id' end
    ) as reject_reason
from versioned
