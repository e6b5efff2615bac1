select
    topic_id,
    word_rank,
    word,
    word_weight,
    source_name,
    as_of_date,
    model_version,
    run_id
from {{ source('ml', 'review_topic_words') }}
