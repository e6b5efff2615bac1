{{ config(enabled=is_source_enabled('telco')) }}
{# What the snapshot says of a subscriber, but for whether they left: that is the label. #}
select
    'telco' as source_name,
    {{ entity_key('telco', 'customer_number') }} as subscription_id,
    contract as contract_name,
    payment_method,
    multiple_lines,
    internet_service,
    online_security,
    online_backup,
    device_protection,
    tech_support,
    streaming_tv,
    streaming_movies,
    gender,
    is_senior_citizen,
    has_partner,
    has_dependents,
    has_phone_service,
    has_paperless_billing,
    cast('{{ var("telco_snapshot_date") }}' as date) as snapshot_date
from {{ ref('stg_telco__subscriptions') }}
