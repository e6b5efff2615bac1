{#
    Past forecasts whose day or week is over, beside the sales as they are known today. By the newest
    run of a day; of each version the first day of a month, or every day (var performance_days).
#}
{{ config(materialized='view') }}

with

forecasts as (

    select * from {{ ref('stg_ml__sales_forecasts') }}

),

runs as (

    select
        source_name,
        as_of_date,
        run_id,
        row_number() over (
            partition by source_name, model_version, {{ month_start("as_of_date") }}
            order by as_of_date
        ) as day_number
    from (
        select
            scored.*,
            row_number() over (
                partition by scored.source_name, scored.as_of_date, scored.model_version
                order by scored.scored_at desc, scored.run_id desc
            ) as run_rank
        from ({{ scoring_runs(ref('stg_ml__sales_forecasts')) }}) as scored
    ) as ranked
    where run_rank = 1

),

closed as (

    select forecasts.*
    from forecasts
    inner join runs
        on forecasts.source_name = runs.source_name and forecasts.run_id = runs.run_id
    inner join {{ ref('int_calendar__today') }} as today
        on forecasts.source_name = today.source_name
    where
        forecasts.target_end_date < today.as_of_date
        and forecasts.forecast_amount is not null
        -- What is in the rest differs from run to run.
        and forecasts.series_key <> 'rest'
        and runs.day_number <= {{ 1 if var("performance_days") == "monthly" else 31 }}

),

sales as (

    -- A shop has years of sales, and few forecasts whose day has come.
    select
        source_name,
        series_level,
        series_key,
        sales_date,
        net_revenue_amount
    from {{ ref('ftr_sales_daily') }}
    where sales_date >= (select min(target_date) from closed)

),

actuals as (

    select
        source_name,
        series_level,
        series_key,
        'day' as grain,
        sales_date as target_date,
        net_revenue_amount
    from sales

    union all

    select
        source_name,
        series_level,
        series_key,
        'week' as grain,
        cast({{ dbt.date_trunc("week", "sales_date") }} as date) as target_date,
        sum(net_revenue_amount) as net_revenue_amount
    from sales
    group by
        source_name, series_level, series_key,
        cast({{ dbt.date_trunc("week", "sales_date") }} as date)

)

select
    closed.source_name,
    closed.as_of_date,
    closed.series_level,
    closed.series_key,
    closed.grain,
    closed.target_date,
    closed.horizon_days,
    closed.forecast_amount,
    cast(coalesce(actuals.net_revenue_amount, 0) as {{ money_type() }}) as net_revenue_amount,
    closed.lower_80_amount,
    closed.upper_80_amount,
    closed.lower_95_amount,
    closed.upper_95_amount,
    closed.method,
    closed.model_name,
    closed.model_version,
    closed.run_id
from closed
left join actuals
    on
        closed.source_name = actuals.source_name
        and closed.series_level = actuals.series_level
        and closed.series_key = actuals.series_key
        and closed.grain = actuals.grain
        and closed.target_date = actuals.target_date
