{{ config(enabled=is_source_enabled('olist')) }}
with

parsed as (

    select * from {{ ref('base_olist__customers') }}

)

select
    {{ landing_keys() }},
    customer_number,
    person_number,
    zip_code_prefix,
    city,
    state
from parsed
where reject_reason is null
