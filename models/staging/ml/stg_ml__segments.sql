select
    segment_id,
    segment_number,
    persona_name,
    persona_by_profile,
    recommended_action,
    customer_count,
    customer_share,
    is_outlier_group,
    overlap,
    source_name,
    as_of_date,
    model_version,
    run_id
from {{ source('ml', 'segments') }}
