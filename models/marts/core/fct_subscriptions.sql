{{ config(
    materialized='view',
    meta={'restated_by': [
        ['subscription_id', 'int_changes__landed_subscriptions']
    ]}
) }}
select
    subscription_id,
    customer_id,
    source_name,
    plan_name,
    subscription_status,
    started_at,
    ended_at,
    tenure_months,
    monthly_amount,
    total_amount,
    currency
from {{ ref('int_engagement__subscriptions') }}
