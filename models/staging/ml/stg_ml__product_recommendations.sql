select
    product_id,
    list_name,
    list_rank,
    related_product_id,
    score,
    candidate_source,
    basket_count,
    support,
    confidence,
    lift,
    source_name,
    as_of_date,
    model_version,
    run_id
from {{ source('ml', 'product_recommendations') }}
