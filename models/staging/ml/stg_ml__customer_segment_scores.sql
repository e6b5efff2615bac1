select
    customer_id,
    source_name,
    as_of_date,
    segment_number,
    persona_name,
    distance_to_centre,
    segment_id,
    move_reason,
    model_name,
    model_version,
    run_id,
    scored_at
from {{ source('ml', 'customer_segment_scores') }}
