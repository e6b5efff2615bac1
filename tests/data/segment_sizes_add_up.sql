-- Every customer that the model was fitted to is in one segment: shares make 1, and a merge of the
-- dendrogram holds the customers of the two that it merges.
with

shares as (

    select
        source_name,
        sum(customer_share) as customer_share
    from {{ ref('segments') }}
    group by source_name

),

joined_nodes as (

    select
        upper_nodes.source_name,
        upper_nodes.node_number,
        upper_nodes.customer_count
        - left_nodes.customer_count - right_nodes.customer_count as extra_count
    from {{ ref('segment_dendrogram') }} as upper_nodes
    inner join {{ ref('segment_dendrogram') }} as left_nodes
        on
            upper_nodes.source_name = left_nodes.source_name
            and upper_nodes.left_node_number = left_nodes.node_number
    inner join {{ ref('segment_dendrogram') }} as right_nodes
        on
            upper_nodes.source_name = right_nodes.source_name
            and upper_nodes.right_node_number = right_nodes.node_number

)

select
    source_name,
    0 as node_number
from shares
where abs(customer_share - 1) > 0.000001
union all
select
    source_name,
    node_number
from joined_nodes
where extra_count <> 0
