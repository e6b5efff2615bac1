with

evaluations as (

    select * from {{ ref('stg_ml__evaluations') }}
    where evaluation_kind = 'holdout'

),

champions as (

    select * from {{ ref('model_champions') }}

),

-- One training run per task and source: that of the champion, else the newest one.
shown as (

    select
        task_name,
        source_name,
        run_id
    from (
        select
            evaluations.task_name,
            evaluations.source_name,
            evaluations.run_id,
            row_number() over (
                partition by evaluations.task_name, evaluations.source_name
                order by
                    max(case when champions.model_version is null then 0 else 1 end) desc,
                    max(evaluations.evaluated_at) desc,
                    evaluations.run_id desc
            ) as run_rank
        from evaluations
        left join champions
            on
                evaluations.task_name = champions.task_name
                and evaluations.source_name = champions.source_name
                and evaluations.model_version = champions.model_version
        group by evaluations.task_name, evaluations.source_name, evaluations.run_id
    ) as ranked_runs
    where run_rank = 1

)

select evaluations.*
from evaluations
inner join shown
    on
        evaluations.task_name = shown.task_name
        and evaluations.source_name = shown.source_name
        and evaluations.run_id = shown.run_id
