select
    customer_id,
    source_name,
    as_of_date,
    list_name,
    product_count,
    product_ids,
    product_scores,
    candidate_sources,
    product_reasons,
    expected_dates,
    empty_reason,
    model_name,
    model_version,
    run_id,
    scored_at
from {{ source('ml', 'customer_recommendation_lists') }}
