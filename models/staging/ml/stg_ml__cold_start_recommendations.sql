select
    country,
    list_rank,
    product_id,
    score,
    reason,
    source_name,
    as_of_date,
    model_version,
    run_id
from {{ source('ml', 'cold_start_recommendations') }}
