{#
    Who was who as of each batch that brought a link: the components of the links known by then,
    worked out again for every such batch, but only within the customer that it touches. Today's
    rules are applied to the past, so this is a function of what was landed and survives a rebuild.
#}
with

accounts as (

    select * from {{ ref('int_identity__accounts') }}

),

links as (

    select * from {{ ref('int_identity__links') }}

),

moments as (

    select distinct
        cluster_key,
        batch_id as as_of_batch_id
    from links

),

nodes as (

    select
        moments.as_of_batch_id,
        accounts.account_id,
        accounts.landing_rank,
        accounts.first_batch_id,
        row_number() over (
            order by accounts.account_number, moments.as_of_batch_id
        ) as node
    from moments
    inner join {{ ref('int_identity__clusters') }} as clusters
        on moments.cluster_key = clusters.cluster_key
    inner join accounts
        on
            clusters.account_id = accounts.account_id
            and moments.as_of_batch_id >= accounts.first_batch_id

),

edges as (

    select
        left_node.node as left_node,
        right_node.node as right_node
    from links
    inner join nodes as left_node
        on
            links.account_id = left_node.account_id
            and links.batch_id <= left_node.as_of_batch_id
    inner join nodes as right_node
        on
            links.linked_account_id = right_node.account_id
            and left_node.as_of_batch_id = right_node.as_of_batch_id

),

{{ connected_components('edges', 'known') }},

states as (

    select
        nodes.account_id,
        nodes.as_of_batch_id,
        nodes.first_batch_id,
        first_value(nodes.account_id) over (
            partition by coalesce(known_labels.label, nodes.node) order by nodes.landing_rank
        ) as customer_id
    from nodes
    left join known_labels on nodes.node = known_labels.node

)

select
    account_id,
    as_of_batch_id,
    first_batch_id,
    -- Until its first link an account is a customer of its own.
    lag(customer_id, 1, account_id) over (
        partition by account_id order by as_of_batch_id
    ) as previous_customer_id,
    customer_id
from states
