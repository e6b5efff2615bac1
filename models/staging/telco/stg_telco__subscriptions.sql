{{ config(enabled=is_source_enabled('telco')) }}
with

parsed as (

    select * from {{ ref('base_telco__subscriptions') }}

)

select
    {{ landing_keys() }},
    customer_number,
    gender,
    multiple_lines,
    internet_service,
    online_security,
    online_backup,
    device_protection,
    tech_support,
    streaming_tv,
    streaming_movies,
    contract,
    payment_method,
    tenure_months,
    monthly_amount,
    total_amount,
    is_senior_citizen,
    has_partner,
    has_dependents,
    has_phone_service,
    has_paperless_billing,
    has_churned
from parsed
where reject_reason is null
