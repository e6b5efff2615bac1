{#
    Scores whose window is over, beside what happened in it. The outcome is counted from the orders as
    they are known today, for any day and horizon: a day that was scored need not have labels. A person
    who was scored under two ids that have become one is judged once.
#}
{{ config(materialized='view') }}

with

scores as (

    select * from {{ ref('stg_ml__customer_churn_scores') }}

),

runs as (

    {{ closed_runs(
        ref('stg_ml__customer_churn_scores'),
        "horizon_days",
        add_days("as_of_date", "horizon_days"),
    ) }}

),

bought as (

    {{ bought_in_windows("runs") }}

),

people as (

    select
        runs.source_name,
        runs.as_of_date,
        runs.horizon_days,
        runs.window_end_date,
        scores.model_name,
        runs.model_version,
        runs.run_id,
        homes.customer_id,
        scores.churn_probability,
        row_number() over (
            partition by runs.run_id, homes.customer_id
            order by
                case when scores.customer_id = homes.customer_id then 0 else 1 end asc,
                scores.customer_id asc
        ) as id_rank
    from runs
    inner join scores
        on
            runs.source_name = scores.source_name
            and runs.run_id = scores.run_id
    inner join {{ ref('int_identity__customers') }} as linked
        on scores.customer_id = linked.account_id
    -- Who has come to count in another shop is not seen in the orders of this one.
    inner join {{ ref('int_customers__customers') }} as homes
        on
            linked.customer_id = homes.customer_id
            and runs.source_name = homes.source_name

),

bands as (

    select * from {{ ref('churn_risk_bands') }}

)

select
    people.source_name,
    people.as_of_date,
    people.horizon_days,
    people.window_end_date,
    people.model_name,
    people.model_version,
    people.run_id,
    people.customer_id,
    people.churn_probability,
    bands.risk_band as churn_risk_band,
    bought.customer_id is null as is_churned
from people
left join bought
    on
        people.source_name = bought.source_name
        and people.as_of_date = bought.as_of_date
        and people.window_end_date = bought.window_end_date
        and people.customer_id = bought.customer_id
left join bands
    on
        people.churn_probability >= bands.min_probability
        and people.churn_probability < bands.max_probability
-- Postgres takes a rank that is 1 for one row of 200, and then compares everybody with every buyer.
where people.id_rank < 2
