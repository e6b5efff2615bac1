with

parsed as (

    select * from {{ ref('base_shop__products') }}

)

select
    {{ landing_keys() }},
    source_name,
    product_code,
    product_name,
    category,
    product_kind,
    list_price,
    unit_cost
from parsed
where reject_reason is null
