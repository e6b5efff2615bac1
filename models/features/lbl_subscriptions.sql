select
    as_of_date,
    subscription_id,
    customer_id,
    source_name,
    horizon_days,
    label_end_date,
    is_churned
from {{ ref('int_features__subscriptions') }}
-- A label from an open window would call the undecided retained.
where is_label_complete
