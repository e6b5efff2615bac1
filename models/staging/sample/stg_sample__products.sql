with

parsed as (

    select * from {{ ref('base_sample__products') }}

)

select
    {{ landing_keys() }},
    product_code,
    product_name,
    category,
    list_price,
    unit_cost
from parsed
where reject_reason is null
