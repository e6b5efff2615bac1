{#
    Of the values that were expected, those that were in force on a day that history is told on. A value is
    in force until the next day that was scored, and no longer than three months. A view, of the runs of
    these days only: the curve has twelve rows per customer and day that was scored.
#}
{{ config(materialized='view') }}

with

scores as (

    select * from {{ ref('stg_ml__customer_clv_scores') }}
    where horizon_months = 12

),

days as (

    -- As int_calendar__history_dates has them, which predictions do not read.
    select
        source_name,
        as_of_date
    from {{ ref('ftr_as_of_dates') }}
    where is_today or as_of_date = {{ month_start("as_of_date") }}

),

newest_runs as (

    {{ newest_runs_of_days(ref('stg_ml__customer_clv_scores')) }}

),

kept_runs as (

    select
        source_name,
        as_of_date,
        run_id,
        least(next_as_of_date, {{ add_months("as_of_date", 3) }}) as valid_until_date
    from newest_runs

),

runs_in_force as (

    select distinct
        kept_runs.source_name,
        kept_runs.as_of_date,
        kept_runs.run_id,
        kept_runs.valid_until_date
    from kept_runs
    inner join days
        on
            kept_runs.source_name = days.source_name
            and days.as_of_date >= kept_runs.as_of_date
            and days.as_of_date < kept_runs.valid_until_date

)

select
    scores.customer_id,
    scores.source_name,
    scores.as_of_date,
    runs_in_force.valid_until_date,
    scores.alive_probability,
    cast(scores.expected_net_revenue_amount as {{ money_type() }}) as clv_12_months_amount,
    scores.model_name,
    scores.model_version,
    scores.run_id,
    scores.scored_at
from scores
inner join runs_in_force
    on
        scores.source_name = runs_in_force.source_name
        and scores.run_id = runs_in_force.run_id
