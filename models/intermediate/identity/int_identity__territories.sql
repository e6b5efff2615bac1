{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['account_id', 'int_changes__identity_accounts']]},
    indexes=[{'columns': ['account_id'], 'unique': true}]
) }}
{#
    How the components that hold a forbidden pair come apart. Every account that a split names there
    is a terminal; each of the others goes to the nearest terminal, counted in shared identifiers, and
    to the smaller account id of two that are equally near. Accounts that a merge of the seed forces
    together move as one.

    Distances are told apart up to 32 steps; what is farther from every terminal goes to the
    smallest of its component.
#}
{%- set restated = ref('int_changes__identity_accounts') %}
{%- set rounds = 32 %}
with

components as (

    select * from {{ ref('int_identity__components') }}
    {{ if_restating('where account_id in (select account_id from ' ~ restated ~ ')') }}

),

forced as (

    select * from {{ ref('int_identity__forced') }}

),

splits as (

    select
        left_account.component_key,
        left_account.account_id as left_account_id,
        right_account.account_id as right_account_id
    from {{ ref('identity_overrides') }} as overrides
    inner join components as left_account on overrides.account_id_a = left_account.account_id
    inner join components as right_account
        on
            overrides.account_id_b = right_account.account_id
            and left_account.component_key = right_account.component_key
    where overrides.decision = 'split'

),

terminals as (

    select left_account_id as account_id from splits
    union distinct
    select right_account_id as account_id from splits

),

members as (

    select
        components.account_id,
        components.component_key,
        coalesce(forced.forced_key, components.account_id) as node,
        terminals.account_id as terminal_id
    from components
    left join forced on components.account_id = forced.account_id
    left join terminals on components.account_id = terminals.account_id
    where components.component_key in (select splits.component_key from splits)

),

shared as (

    select
        members.node,
        evidence.identifier_type,
        evidence.identifier_hash
    from members
    inner join {{ ref('int_identity__evidence') }} as evidence
        on members.account_id = evidence.account_id

),

steps as (

    select distinct
        from_account.node as from_node,
        to_account.node as to_node
    from shared as from_account
    inner join shared as to_account
        on
            from_account.identifier_type = to_account.identifier_type
            and from_account.identifier_hash = to_account.identifier_hash
    where from_account.node <> to_account.node

),

reached_0 as (

    select
        node,
        component_key,
        min(terminal_id) as terminal_id
    from members
    group by node, component_key

),
{% for number in range(1, rounds + 1) %}
reached_{{ number }} as (

    select
        reached.node,
        reached.component_key,
        coalesce(reached.terminal_id, min(neighbour.terminal_id)) as terminal_id
    from reached_{{ number - 1 }} as reached
    left join steps
        on reached.node = steps.from_node and reached.terminal_id is null
    left join reached_{{ number - 1 }} as neighbour on steps.to_node = neighbour.node
    group by reached.node, reached.component_key, reached.terminal_id

),
{% endfor %}
settled as (

    select
        node,
        coalesce(terminal_id, min(terminal_id) over (partition by component_key)) as terminal_id
    from reached_{{ rounds }}

)

select
    members.account_id,
    settled.terminal_id
from members
inner join settled on members.node = settled.node
