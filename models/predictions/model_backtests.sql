with

evaluations as (

    select * from {{ ref('stg_ml__evaluations') }}
    where evaluation_kind <> 'holdout'

),

-- One backtest per task and source: the newest one.
latest as (

    select
        task_name,
        source_name,
        run_id
    from (
        select
            task_name,
            source_name,
            run_id,
            row_number() over (
                partition by task_name, source_name order by max(evaluated_at) desc, run_id desc
            ) as run_rank
        from evaluations
        group by task_name, source_name, run_id
    ) as ranked_runs
    where run_rank = 1

)

select evaluations.*
from evaluations
inner join latest
    on
        evaluations.task_name = latest.task_name
        and evaluations.source_name = latest.source_name
        and evaluations.run_id = latest.run_id
