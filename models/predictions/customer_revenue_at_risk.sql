{#
    What a customer has spent lately stands in for what the customer would spend: until there is a
    prediction of that, nothing better is known.
#}
with

scores as (

    select * from {{ ref('customer_churn') }}

),

today as (

    select
        source_name,
        as_of_date
    from {{ ref('ftr_as_of_dates') }}
    where is_today

),

past as (

    select
        ftr_customers.customer_id,
        ftr_customers.source_name,
        ftr_customers.as_of_date,
        ftr_customers.country,
        ftr_customers.net_revenue_last_90_days_amount
    from {{ ref('ftr_customers') }} as ftr_customers
    inner join today
        on
            ftr_customers.source_name = today.source_name
            and ftr_customers.as_of_date = today.as_of_date

)

select
    scores.customer_id,
    past.source_name,
    nullif(past.country, 'unknown') as country,
    past.as_of_date,
    scores.as_of_date as churn_as_of_date,
    scores.churn_probability,
    scores.churn_risk_band,
    past.net_revenue_last_90_days_amount,
    cast(
        scores.churn_probability * past.net_revenue_last_90_days_amount as {{ money_type() }}
    ) as revenue_at_risk_amount
from scores
inner join past on scores.customer_id = past.customer_id
