with

scores as (

    select * from {{ ref('stg_ml__review_sentiment_scores') }}

),

reviews as (

    -- What was erased or given up since it was scored has gone.
    select * from {{ ref('ftr_reviews') }}

),

latest as (

    {{ latest_run(ref('stg_ml__review_sentiment_scores')) }}

)

select
    scores.review_id,
    scores.source_name,
    reviews.product_id,
    reviews.customer_id,
    reviews.rating,
    reviews.review_date,
    scores.as_of_date,
    scores.language,
    scores.language_method,
    scores.is_cleaned,
    scores.negative_probability,
    scores.neutral_probability,
    scores.positive_probability,
    scores.sentiment,
    scores.sentiment_score,
    scores.method,
    scores.reason,
    scores.model_name,
    scores.model_version,
    scores.run_id,
    scores.scored_at
from scores
inner join latest
    on scores.source_name = latest.source_name and scores.run_id = latest.run_id
inner join reviews on scores.review_id = reviews.review_id
