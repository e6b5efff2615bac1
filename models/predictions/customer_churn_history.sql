{#
    Every day that was scored, by the newest run that scored it. A score is in force until the next
    day that was scored, and no longer than the horizon that it speaks of.
#}
with

scores as (

    select * from {{ ref('stg_ml__customer_churn_scores') }}

),

bands as (

    select * from {{ ref('churn_risk_bands') }}

),

kept_runs as (

    {{ newest_runs_of_days("scores") }}

)

select
    scores.customer_id,
    scores.source_name,
    scores.as_of_date,
    least(
        kept_runs.next_as_of_date,
        {{ add_days("scores.as_of_date", "scores.horizon_days") }}
    ) as valid_until_date,
    scores.horizon_days,
    scores.churn_probability,
    bands.risk_band as churn_risk_band,
    scores.reason_1 as churn_reason_1,
    scores.model_name,
    scores.model_version,
    scores.run_id,
    scores.scored_at
from scores
inner join kept_runs
    on
        scores.source_name = kept_runs.source_name
        and scores.as_of_date = kept_runs.as_of_date
        and scores.run_id = kept_runs.run_id
left join bands
    on
        scores.churn_probability >= bands.min_probability
        and scores.churn_probability < bands.max_probability
