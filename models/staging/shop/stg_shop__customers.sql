with

parsed as (

    select * from {{ ref('base_shop__customers') }}

)

select
    {{ landing_keys() }},
    source_name,
    customer_number,
    full_name,
    email,
    phone,
    account_number,
    country,
    acquisition_channel,
    signed_up_at
from parsed
where reject_reason is null
