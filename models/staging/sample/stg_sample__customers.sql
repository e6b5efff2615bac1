with

parsed as (

    select * from {{ ref('base_sample__customers') }}

)

select
    {{ landing_keys() }},
    customer_number,
    full_name,
    email,
    country,
    acquisition_channel,
    signed_up_at
from parsed
where reject_reason is null
