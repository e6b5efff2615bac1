select
    topic_id,
    language,
    topic_number,
    topic_label,
    review_share,
    coherence,
    algorithm,
    source_name,
    as_of_date,
    model_version,
    run_id
from {{ source('ml', 'review_topics') }}
