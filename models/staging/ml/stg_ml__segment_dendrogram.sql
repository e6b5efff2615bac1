select
    node_number,
    left_node_number,
    right_node_number,
    height,
    position,
    customer_count,
    segment_id,
    segment_share,
    source_name,
    as_of_date,
    model_version,
    run_id
from {{ source('ml', 'segment_dendrogram') }}
