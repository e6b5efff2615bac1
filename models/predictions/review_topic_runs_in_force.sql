with

runs as (

    {{ runs_in_force(ref('stg_ml__review_topic_scores'), "review_topics") }}

)

select
    source_name,
    run_id,
    model_version,
    trained_as_of_date,
    trained_at
from runs
