{#
    Everything a row says was so before its as_of_date. What a subscription is called and costs is
    landed as it stands today: for sources with dates it enters only where the shop says that these
    terms never change (var subscription_terms_are_fixed).
#}
{% set terms = "true" if var("subscription_terms_are_fixed") else "subscriptions.is_snapshot" %}
{% set words = [
    "payment_method", "multiple_lines", "internet_service", "online_security", "online_backup",
    "device_protection", "tech_support", "streaming_tv", "streaming_movies"
] %}
{# Words, since a reason reads "partner: no". #}
{% set flags = {
    "is_senior_citizen": "senior_citizen",
    "has_partner": "partner",
    "has_dependents": "dependents",
    "has_phone_service": "phone_service",
    "has_paperless_billing": "paperless_billing",
} %}
with

subscriptions as (

    select * from {{ ref('int_features__subscriptions') }}

),

attributes as (

    select * from {{ ref('int_conformed__subscription_attributes') }}

),

orders as (

    select * from {{ ref('ftr_customers') }}

)

select
    subscriptions.as_of_date,
    subscriptions.subscription_id,
    subscriptions.customer_id,
    subscriptions.source_name,
    coalesce(
        case when {{ terms }} then attributes.contract_name end, 'unknown'
    ) as contract_name,
    {%- for word in words %}
    coalesce(attributes.{{ word }}, 'unknown') as {{ word }},
    {%- endfor %}
    {%- for flag, word in flags.items() %}
    case
        when attributes.{{ flag }} then 'yes'
        when not attributes.{{ flag }} then 'no'
        else 'unknown'
    end as {{ word }},
    {%- endfor %}
    subscriptions.tenure_months,
    subscriptions.monthly_amount,
    subscriptions.total_amount,
    orders.days_since_last_order,
    orders.order_count,
    orders.order_count_last_90_days,
    orders.net_revenue_last_90_days_amount
from subscriptions
inner join attributes on subscriptions.subscription_id = attributes.subscription_id
left join orders
    on
        subscriptions.customer_id = orders.customer_id
        and subscriptions.as_of_date = orders.as_of_date
