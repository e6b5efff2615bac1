{{ config(
    materialized='view',
    meta={'restated_by': [
        ['event_id', 'int_changes__landed_events']
    ]}
) }}
select
    event_id,
    customer_id,
    product_id,
    session_id,
    source_name,
    event_type,
    channel,
    occurred_at,
    cast(occurred_at as date) as event_date
from {{ ref('int_engagement__events') }}
