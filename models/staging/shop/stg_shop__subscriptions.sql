with

parsed as (

    select * from {{ ref('base_shop__subscriptions') }}

)

select
    {{ landing_keys() }},
    source_name,
    subscription_number,
    customer_number,
    plan_name,
    subscription_status,
    started_at,
    ended_at,
    monthly_amount,
    currency
from parsed
where reject_reason is null
