{{ config(enabled=is_source_enabled('olist')) }}
with

parsed as (

    select * from {{ ref('base_olist__geolocation') }}

)

select
    {{ landing_keys() }},
    zip_code_prefix,
    city,
    state,
    latitude,
    longitude
from parsed
where reject_reason is null
