select
    review_id,
    source_name,
    as_of_date,
    topic_rank,
    language,
    topic_id,
    topic_weight,
    reason,
    model_name,
    model_version,
    run_id,
    scored_at
from {{ source('ml', 'review_topic_scores') }}
