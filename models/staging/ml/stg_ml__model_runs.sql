select
    run_id,
    task_name,
    source_name,
    model_name,
    model_version,
    fingerprint,
    trained_as_of_date,
    training_row_count,
    trained_at,
    first_as_of_date,
    evaluated_as_of_date,
    features,
    parameters,
    training_seconds
from {{ source('ml', 'model_runs') }}
