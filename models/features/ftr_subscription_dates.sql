select
    source_name,
    as_of_date,
    label_end_date,
    horizon_days,
    is_today,
    is_label_complete,
    history_days,
    is_snapshot
from {{ ref('int_features__subscription_dates') }}
