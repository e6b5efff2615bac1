{{ config(enabled=is_source_enabled('olist')) }}
with

parsed as (

    select * from {{ ref('base_olist__sellers') }}

)

select
    {{ landing_keys() }},
    seller_number,
    zip_code_prefix,
    city,
    state
from parsed
where reject_reason is null
