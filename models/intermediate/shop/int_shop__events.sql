select
    source_name,
    source_name || ':' || event_key as event_id,
    source_name || ':' || customer_number as account_id,
    source_name || ':' || product_code as product_id,
    source_name || ':' || session_number as session_id,
    event_type,
    channel,
    occurred_at
from {{ ref('stg_shop__events') }}
