{# A subscription that has ended has nothing left to lose: it is scored, and not shown. #}
with

scores as (

    select * from {{ ref('stg_ml__subscription_churn_scores') }}

),

latest as (

    {{ latest_run(ref('stg_ml__subscription_churn_scores')) }}

),

running as (

    select * from {{ ref('fct_subscriptions') }}
    where subscription_status <> 'cancelled'

),

bands as (

    select * from {{ ref('churn_risk_bands') }}

)

select
    scores.subscription_id,
    running.customer_id,
    scores.source_name,
    running.plan_name,
    bands.risk_band as churn_risk_band,
    scores.reason_1,
    scores.reason_2,
    scores.reason_3,
    running.currency,
    scores.horizon_days,
    scores.churn_probability,
    running.monthly_amount,
    -- Null where the price is unknown, never 0.
    cast(
        cast(scores.churn_probability as numeric(18, 9)) * running.monthly_amount
        as {{ money_type() }}
    ) as monthly_amount_at_risk,
    scores.as_of_date,
    scores.model_name,
    scores.model_version,
    scores.run_id,
    scores.scored_at
from scores
inner join latest
    on scores.source_name = latest.source_name and scores.run_id = latest.run_id
inner join running on scores.subscription_id = running.subscription_id
left join bands
    on
        scores.churn_probability >= bands.min_probability
        and scores.churn_probability < bands.max_probability
