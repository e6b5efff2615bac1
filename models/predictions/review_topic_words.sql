with

words as (

    select * from {{ ref('stg_ml__review_topic_words') }}

),

topics as (

    select * from {{ ref('stg_ml__review_topics') }}

),

runs as (

    select * from {{ ref('review_topic_runs_in_force') }}

)

select
    words.topic_id,
    words.word_rank,
    words.word,
    words.word_weight,
    topics.source_name,
    topics.language,
    topics.topic_number,
    topics.topic_label,
    topics.review_share,
    topics.coherence,
    topics.algorithm,
    words.as_of_date,
    words.model_version,
    words.run_id
from words
inner join runs on words.run_id = runs.run_id
inner join topics on words.run_id = topics.run_id and words.topic_id = topics.topic_id
