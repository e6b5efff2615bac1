with

nodes as (

    select * from {{ ref('stg_ml__segment_dendrogram') }}

),

runs as (

    select * from {{ ref('segment_runs_in_force') }}

)

select
    nodes.node_number,
    nodes.left_node_number,
    nodes.right_node_number,
    nodes.height,
    nodes.position,
    nodes.customer_count,
    nodes.segment_id,
    nodes.segment_share,
    nodes.source_name,
    nodes.as_of_date,
    nodes.model_version,
    nodes.run_id
from nodes
inner join runs on nodes.run_id = runs.run_id
