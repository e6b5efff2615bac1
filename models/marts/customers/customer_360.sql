with

customers as (

    select * from {{ ref('dim_customers') }}

),

rfm as (

    select * from {{ ref('customer_rfm') }}

),

segments as (

    select * from {{ ref('customer_segments') }}

),

churn as (

    select * from {{ ref('customer_churn') }}

)

select
    customers.customer_id,
    customers.source_name,
    customers.source_customer_id,
    customers.customer_name,
    customers.email,
    customers.country,
    customers.acquisition_channel,
    customers.signed_up_at,
    customers.first_ordered_at,
    customers.last_ordered_at,
    customers.currency,
    customers.order_count,
    customers.net_revenue_amount,
    rfm.as_of_date,
    rfm.days_since_last_order,
    rfm.recency_score,
    rfm.frequency_score,
    rfm.monetary_score,
    rfm.rfm_segment,
    segments.segment_number,
    segments.persona_name,
    churn.churn_probability,
    churn.churn_risk_band,
    churn.horizon_days as churn_horizon_days,
    churn.as_of_date as churn_as_of_date,
    churn.model_version as churn_model_version
from customers
left join rfm on customers.customer_id = rfm.customer_id
left join segments on customers.customer_id = segments.customer_id
left join churn on customers.customer_id = churn.customer_id
