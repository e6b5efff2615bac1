{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['account_id', 'int_changes__identity_accounts']]},
    indexes=[{'columns': ['account_id']}]
) }}
{#
    Who was who as of each batch that brought a link: the components of the links known by then,
    worked out again for every such batch, but only within the customer that it touches. Today's
    rules are applied to the past, so this is a function of what was landed and survives a rebuild.
#}
{%- set restated = ref('int_changes__identity_accounts') %}
with

links as (

    select * from {{ ref('int_identity__links') }}
    {{ if_restating('where account_id in (select account_id from ' ~ restated ~ ')') }}

),

nodes as (

    select * from {{ ref('int_identity__state_accounts') }}

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
            partition by coalesce(known_labels.label, nodes.node)
            order by nodes.first_batch_id, nodes.first_row_number, nodes.account_id
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
