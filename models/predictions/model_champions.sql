with

promotions as (

    select * from {{ ref('stg_ml__model_promotions') }}

),

model_runs as (

    select * from {{ ref('stg_ml__model_runs') }}

),

-- The newest word on who scores: one of each task and source.
appointed as (

    select
        task_name,
        source_name,
        model_version,
        kind,
        reason,
        promoted_at
    from (
        select
            *,
            row_number() over (
                partition by task_name, source_name
                order by promoted_at desc, promotion_id desc
            ) as word_rank
        from promotions
        where kind <> 'kept'
    ) as ranked_promotions
    where word_rank = 1

),

-- Trained before there were gates: the newest training scores until a word is said.
ungated as (

    select
        task_name,
        source_name,
        model_version,
        'ungated' as kind,
        'newest training, from before there were gates' as reason,
        trained_at as promoted_at
    from (
        select
            *,
            row_number() over (
                partition by task_name, source_name order by trained_at desc, run_id desc
            ) as run_rank
        from model_runs
    ) as ranked_runs
    where run_rank = 1

),

champions as (

    select * from appointed
    union all
    select ungated.*
    from ungated
    left join promotions
        on
            ungated.task_name = promotions.task_name
            and ungated.source_name = promotions.source_name
    where promotions.promotion_id is null

)

select
    champions.task_name,
    champions.source_name,
    champions.model_version,
    champions.kind,
    champions.reason,
    champions.promoted_at
from champions
