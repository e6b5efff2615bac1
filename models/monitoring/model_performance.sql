with

churn as (

    select
        'churn' as task_name,
        source_name,
        as_of_date,
        window_end_date,
        model_name,
        model_version,
        run_id,
        churn_risk_band as bucket_name,
        cast(churn_probability as numeric(18, 12)) as predicted,
        cast(case when is_churned then 1 else 0 end as numeric(18, 12)) as observed,
        cast(null as {{ money_type() }}) as lower_amount,
        cast(null as {{ money_type() }}) as upper_amount
    from {{ ref('churn_outcomes') }}

),

values_of_customers as (

    select
        'clv' as task_name,
        source_name,
        as_of_date,
        window_end_date,
        model_name,
        model_version,
        run_id,
        'fifth ' || cast(value_fifth as {{ dbt.type_string() }}) as bucket_name,
        expected_net_revenue_amount as predicted,
        net_revenue_amount as observed,
        expected_net_revenue_lower_amount as lower_amount,
        expected_net_revenue_upper_amount as upper_amount
    from {{ ref('value_outcomes') }}

),

outcomes as (

    select * from churn
    union all
    select * from values_of_customers

),

-- Each customer in a bucket, and once more among all.
cells as (

    select
        task_name,
        source_name,
        as_of_date,
        window_end_date,
        model_name,
        model_version,
        run_id,
        case when grouping(bucket_name) = 1 then 'all' else bucket_name end as bucket_name,
        cast(count(*) as int) as customer_count,
        avg(predicted) as predicted_mean,
        avg(observed) as observed_mean,
        avg(predicted - observed) as calibration_gap,
        stddev_samp(predicted - observed) / sqrt(count(*)) as calibration_gap_standard_error,
        avg((predicted - observed) * (predicted - observed)) as mean_squared_error,
        avg(abs(predicted - observed)) as mean_absolute_error,
        avg(
            case
                when observed >= lower_amount and observed <= upper_amount then 1.0
                when observed < lower_amount or observed > upper_amount then 0.0
            end
        ) as interval_coverage
    from outcomes
    group by grouping sets (
        (
            task_name,
            source_name,
            as_of_date,
            window_end_date,
            model_name,
            model_version,
            run_id,
            bucket_name
        ),
        (
            task_name,
            source_name,
            as_of_date,
            window_end_date,
            model_name,
            model_version,
            run_id
        )
    )

),

ranking as (

    {{ roc_auc("churn", "run_id", "predicted", "observed") }}

),

trainings as (

    select
        task_name,
        source_name,
        model_version,
        max(trained_as_of_date) as trained_as_of_date
    from {{ ref('stg_ml__model_runs') }}
    group by task_name, source_name, model_version

)

select
    cells.task_name,
    cells.source_name,
    cells.model_name,
    cells.model_version,
    cells.as_of_date,
    cells.window_end_date,
    {{ days_between("cells.as_of_date", "cells.window_end_date") }} as horizon_days,
    cells.bucket_name,
    cells.customer_count,
    cast(cells.predicted_mean as numeric(18, 6)) as predicted_mean,
    cast(cells.observed_mean as numeric(18, 6)) as observed_mean,
    cast(cells.calibration_gap as numeric(18, 6)) as calibration_gap,
    cast(cells.calibration_gap_standard_error as numeric(18, 6)) as calibration_gap_standard_error,
    cast(case when cells.task_name = 'churn' then cells.mean_squared_error end as numeric(18, 6))
        as brier_score,
    cast(case when cells.bucket_name = 'all' then ranking.roc_auc end as numeric(18, 6))
        as roc_auc,
    cast(case when cells.task_name = 'clv' then cells.mean_absolute_error end as numeric(18, 6))
        as mean_absolute_error_amount,
    cast(cells.interval_coverage as numeric(18, 6)) as interval_coverage,
    trainings.trained_as_of_date,
    -- The labels that the model learned from reach to the day of the score or beyond it. Those of
    -- the value model speak of the churn horizon, whatever months the curve speaks of.
    {{ add_days(
        "trainings.trained_as_of_date",
        "case when cells.task_name = 'churn' then "
        ~ days_between("cells.as_of_date", "cells.window_end_date")
        ~ " else " ~ var("churn_horizon_days") ~ " end",
    ) }} > cells.as_of_date as is_hindsight,
    cells.run_id
from cells
left join ranking on cells.task_name = 'churn' and cells.run_id = ranking.run_id
left join trainings
    on
        cells.task_name = trainings.task_name
        and cells.source_name = trainings.source_name
        and cells.model_version = trainings.model_version
