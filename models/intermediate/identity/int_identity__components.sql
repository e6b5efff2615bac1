{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['account_id', 'int_changes__identity_accounts']]},
    indexes=[
        {'columns': ['account_id'], 'unique': true},
        {'columns': ['component_key']}
    ]
) }}
{%- set restated = ref('int_changes__identity_accounts') %}
{#
    Who hangs together by evidence and forced merges, before the splits of the seed. Where a build
    restates, nobody in int_changes__identity_accounts hangs together with anybody outside.
#}
with

accounts as (

    -- Numbered in an order that has nothing to do with who is whom (see connected_components).
    select
        account_id,
        row_number() over (order by {{ dbt.hash('account_id') }}, account_id) as node
    from {{ ref('int_identity__accounts') }}
    {{ if_restating('where account_id in (select account_id from ' ~ restated ~ ')') }}

),

shared as (

    select
        accounts.node,
        min(accounts.node) over (
            partition by evidence.identifier_type, evidence.identifier_hash
        ) as centre_node
    from {{ ref('int_identity__evidence') }} as evidence
    inner join accounts on evidence.account_id = accounts.account_id

),

edges as (

    -- A star per identifier: fewer edges than pairs, and the same components.
    select distinct
        node as left_node,
        centre_node as right_node
    from shared
    where node <> centre_node

    union all

    select
        accounts.node as left_node,
        centres.node as right_node
    from {{ ref('int_identity__forced') }} as forced
    inner join accounts on forced.account_id = accounts.account_id
    inner join accounts as centres on forced.forced_key = centres.account_id

),

{{ connected_components('edges', 'linked') }},

linked as (

    select
        accounts.account_id,
        min(accounts.account_id) over (partition by linked_labels.label) as component_key
    from linked_labels
    inner join accounts on linked_labels.node = accounts.node

)

select
    accounts.account_id,
    coalesce(linked.component_key, accounts.account_id) as component_key
from accounts
left join linked on accounts.account_id = linked.account_id
