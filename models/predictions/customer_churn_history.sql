{#
    Every day that was scored, by the newest run that scored it. A score is in force until the next
    day that was scored, and no longer than the horizon that it speaks of. A view: a table would be made
    anew of all past days every day.
#}
{{ config(materialized='view') }}

with

scores as (

    select * from {{ ref('stg_ml__customer_churn_scores') }}

),

bands as (

    select * from {{ ref('churn_risk_bands') }}

),

kept_runs as (

    {{ newest_runs_of_days(ref('stg_ml__customer_churn_scores'), ["horizon_days"]) }}

),

spans as (

    select
        source_name,
        as_of_date,
        run_id,
        least(next_as_of_date, {{ add_days("as_of_date", "horizon_days") }}) as valid_until_date
    from kept_runs

)

select
    scores.customer_id,
    scores.source_name,
    -- Of the run: who asks for some days then finds their runs before reading any scores.
    spans.as_of_date,
    spans.valid_until_date,
    scores.horizon_days,
    scores.churn_probability,
    bands.risk_band as churn_risk_band,
    scores.reason_1 as churn_reason_1,
    scores.model_name,
    scores.model_version,
    scores.run_id,
    scores.scored_at
from scores
inner join spans on scores.source_name = spans.source_name and scores.run_id = spans.run_id
left join bands
    on
        scores.churn_probability >= bands.min_probability
        and scores.churn_probability < bands.max_probability
