{# Whether the newest predictions of each shop are of today, and what made them. #}
with

predicted as (
    {% for task, model in [
        ("churn", "customer_churn"),
        ("clv", "customer_clv"),
        ("segmentation", "customer_segments"),
    ] %}
    select
        '{{ task }}' as task_name,
        source_name,
        as_of_date as scored_as_of_date,
        model_name,
        model_version,
        run_id,
        cast(count(*) as int) as customer_count
    from {{ ref(model) }}
    group by source_name, as_of_date, model_name, model_version, run_id
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

today as (

    select
        source_name,
        as_of_date
    from {{ ref('ftr_as_of_dates') }}
    where is_today

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
    predicted.task_name,
    predicted.source_name,
    today.as_of_date,
    predicted.scored_as_of_date,
    {{ days_between("predicted.scored_as_of_date", "today.as_of_date") }} as days_behind,
    predicted.customer_count,
    predicted.model_name,
    predicted.model_version,
    trainings.trained_as_of_date,
    predicted.run_id
from predicted
left join today on predicted.source_name = today.source_name
left join trainings
    on
        predicted.task_name = trainings.task_name
        and predicted.source_name = trainings.source_name
        and predicted.model_version = trainings.model_version
