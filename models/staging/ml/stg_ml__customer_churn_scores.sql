select
    customer_id,
    source_name,
    as_of_date,
    horizon_days,
    churn_probability,
    reason_1,
    reason_2,
    reason_3,
    model_name,
    model_version,
    run_id,
    scored_at
from {{ source('ml', 'customer_churn_scores') }}
