with

scores as (

    {{ latest_of_customers(ref('stg_ml__customer_segment_scores')) }}

)

select
    scores.customer_id,
    scores.source_name,
    scores.as_of_date,
    scores.segment_id,
    scores.segment_number,
    scores.persona_name,
    scores.distance_to_centre,
    scores.nearest_segment_id,
    scores.previous_segment_id,
    scores.move_reason,
    scores.anchor_as_of_date,
    scores.model_name,
    scores.model_version,
    scores.run_id,
    scores.scored_at
from scores
