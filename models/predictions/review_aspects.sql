with

scores as (

    select * from {{ ref('stg_ml__review_aspect_scores') }}

),

reviews as (

    -- What was erased or given up since it was scored has gone.
    select * from {{ ref('ftr_reviews') }}

),

latest as (

    {{ latest_run(ref('stg_ml__review_aspect_scores')) }}

)

select
    scores.review_id,
    scores.source_name,
    reviews.product_id,
    reviews.customer_id,
    reviews.rating,
    reviews.review_date,
    scores.as_of_date,
    scores.aspect_number,
    scores.language,
    scores.aspect,
    scores.sentiment,
    scores.polarity_score,
    scores.mention_count,
    -- Read from the review as it stands now: an erased text leaves nothing behind.
    nullif(trim(substring(
        case scores.evidence_column
            when 'review_title' then reviews.review_title
            when 'review_text' then reviews.review_text
        end,
        scores.evidence_start,
        scores.evidence_length
    )), '') as evidence,
    scores.reason,
    scores.model_name,
    scores.model_version,
    scores.run_id,
    scores.scored_at
from scores
inner join latest
    on scores.source_name = latest.source_name and scores.run_id = latest.run_id
inner join reviews on scores.review_id = reviews.review_id
