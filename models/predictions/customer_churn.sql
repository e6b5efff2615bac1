with

scores as (

    {{ latest_of_customers(ref('stg_ml__customer_churn_scores')) }}

),

bands as (

    select * from {{ ref('churn_risk_bands') }}

)

select
    scores.customer_id,
    scores.source_name,
    scores.as_of_date,
    scores.horizon_days,
    scores.churn_probability,
    bands.risk_band as churn_risk_band,
    scores.reason_1 as churn_reason_1,
    scores.reason_2 as churn_reason_2,
    scores.reason_3 as churn_reason_3,
    scores.model_name,
    scores.model_version,
    scores.run_id,
    scores.scored_at
from scores
left join bands
    on
        scores.churn_probability >= bands.min_probability
        and scores.churn_probability < bands.max_probability
