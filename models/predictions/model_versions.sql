with

model_runs as (

    select
        *,
        row_number() over (
            partition by task_name, source_name, model_version
            order by trained_at desc, run_id desc
        ) as run_rank
    from {{ ref('stg_ml__model_runs') }}

),

champions as (

    select * from {{ ref('model_champions') }}

)

select
    model_runs.task_name,
    model_runs.source_name,
    model_runs.model_version,
    model_runs.model_name,
    model_runs.trained_at,
    model_runs.trained_as_of_date,
    model_runs.first_as_of_date,
    model_runs.evaluated_as_of_date,
    model_runs.training_row_count,
    model_runs.training_seconds,
    model_runs.features,
    model_runs.parameters,
    champions.model_version is not null as is_champion
from model_runs
left join champions
    on
        model_runs.task_name = champions.task_name
        and model_runs.source_name = champions.source_name
        and model_runs.model_version = champions.model_version
where model_runs.run_rank = 1
