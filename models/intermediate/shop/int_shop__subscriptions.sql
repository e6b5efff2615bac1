select
    source_name,
    source_name || ':' || subscription_number as subscription_id,
    source_name || ':' || customer_number as account_id,
    plan_name,
    subscription_status,
    started_at,
    ended_at,
    -- A running subscription has no length yet, as long as nobody says what day it is.
    cast({{ dbt.datediff("started_at", "ended_at", "month") }} as int) as tenure_months,
    monthly_amount,
    cast(null as {{ money_type() }}) as total_amount,
    currency
from {{ ref('stg_shop__subscriptions') }}
