select
    promotion_id,
    task_name,
    source_name,
    kind,
    model_version,
    from_version,
    reason,
    run_id,
    promoted_at
from {{ source('ml', 'model_promotions') }}
