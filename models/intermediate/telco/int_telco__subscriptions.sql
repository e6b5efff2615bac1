{{ config(enabled=is_source_enabled('telco')) }}
select
    'telco' as source_name,
    {{ entity_key('telco', 'customer_number') }} as subscription_id,
    {{ entity_key('telco', 'customer_number') }} as account_id,
    contract as plan_name,
    case when has_churned then 'cancelled' else 'active' end as subscription_status,
    cast(null as {{ dbt.type_timestamp() }}) as started_at,
    cast(null as {{ dbt.type_timestamp() }}) as ended_at,
    tenure_months,
    monthly_amount,
    total_amount,
    'USD' as currency
from {{ ref('stg_telco__subscriptions') }}
