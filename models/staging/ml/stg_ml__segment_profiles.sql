select
    segment_id,
    persona_name,
    feature_name,
    lower_quartile,
    median_value,
    upper_quartile,
    scaled_mean,
    source_name,
    as_of_date,
    model_version,
    run_id
from {{ source('ml', 'segment_profiles') }}
