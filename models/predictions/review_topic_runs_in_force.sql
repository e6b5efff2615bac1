with

scores as (

    select * from {{ ref('stg_ml__review_topic_scores') }}

),

latest as (

    {{ latest_run(ref('stg_ml__review_topic_scores'), "scored_at") }}

),

scored as (

    -- A run is of one version.
    select
        scores.source_name,
        max(scores.model_version) as model_version
    from scores
    inner join latest
        on scores.source_name = latest.source_name and scores.run_id = latest.run_id
    group by scores.source_name

),

trainings as (

    select * from {{ ref('stg_ml__model_runs') }}
    where task_name = 'review_topics'

),

ranked as (

    select
        trainings.source_name,
        trainings.run_id,
        trainings.model_version,
        trainings.trained_as_of_date,
        trainings.trained_at,
        row_number() over (
            partition by trainings.source_name
            order by trainings.trained_at desc, trainings.run_id desc
        ) as run_rank
    from trainings
    inner join scored
        on
            trainings.source_name = scored.source_name
            and trainings.model_version = scored.model_version

)

select
    source_name,
    run_id,
    model_version,
    trained_as_of_date,
    trained_at
from ranked
where run_rank = 1
