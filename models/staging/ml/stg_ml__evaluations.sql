select
    run_id,
    task_name,
    source_name,
    model_name,
    model_version,
    is_champion,
    metric_name,
    metric_value,
    ci_lower,
    ci_upper,
    baseline_name,
    baseline_value,
    protocol,
    evaluated_as_of_date,
    sample_count,
    evaluated_at
from {{ source('ml', 'evaluations') }}
