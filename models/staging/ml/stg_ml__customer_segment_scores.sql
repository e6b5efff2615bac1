select
    customer_id,
    source_name,
    as_of_date,
    segment_id,
    segment_number,
    persona_name,
    distance_to_centre,
    nearest_segment_id,
    previous_segment_id,
    move_reason,
    days_since_last_order,
    days_since_first_order,
    order_count,
    net_revenue_amount,
    anchor_as_of_date,
    anchor_days_since_last_order,
    anchor_days_since_first_order,
    anchor_order_count,
    anchor_net_revenue_amount,
    model_name,
    model_version,
    run_id,
    scored_at
from {{ source('ml', 'customer_segment_scores') }}
-- Scores of before segments had ids cannot be compared with anything.
where segment_id is not null
