{#
    How the components that hold a forbidden pair come apart. Every account that a split names there
    is a terminal; each of the others goes to the nearest terminal, counted in shared identifiers, and
    to the smaller account id of two that are equally near. Accounts that a merge of the seed forces
    together move as one.

    Distances are told apart up to 32 steps; what is farther from every terminal goes to the
    smallest of its component.
#}
{%- set rounds = 32 %}
with

components as (

    select * from {{ ref('int_identity__components') }}

),

forced as (

    select * from {{ ref('int_identity__forced') }}

),

splits as (

    select
        left_account.component_number,
        left_account.account_id as left_account_id,
        right_account.account_id as right_account_id
    from {{ ref('identity_overrides') }} as overrides
    inner join components as left_account on overrides.account_id_a = left_account.account_id
    inner join components as right_account
        on
            overrides.account_id_b = right_account.account_id
            and left_account.component_number = right_account.component_number
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
        components.component_number,
        coalesce(forced.forced_number, components.account_number) as node,
        terminals.account_id as terminal_id
    from components
    left join forced on components.account_id = forced.account_id
    left join terminals on components.account_id = terminals.account_id
    where components.component_number in (select splits.component_number from splits)

),

shared as (

    select
        members.node,
        evidence.identifier_type,
        evidence.identifier_hash
    from members
    inner join {{ ref('int_identity__evidence') }} as evidence
        on members.account_id = evidence.account_id
    where evidence.is_admissible

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
        component_number,
        min(terminal_id) as terminal_id
    from members
    group by node, component_number

),
{% for number in range(1, rounds + 1) %}
reached_{{ number }} as (

    select
        reached.node,
        reached.component_number,
        coalesce(reached.terminal_id, min(neighbour.terminal_id)) as terminal_id
    from reached_{{ number - 1 }} as reached
    left join steps
        on reached.node = steps.from_node and reached.terminal_id is null
    left join reached_{{ number - 1 }} as neighbour on steps.to_node = neighbour.node
    group by reached.node, reached.component_number, reached.terminal_id

),
{% endfor %}
settled as (

    select
        node,
        coalesce(terminal_id, min(terminal_id) over (partition by component_number)) as terminal_id
    from reached_{{ rounds }}

)

select
    members.account_id,
    settled.terminal_id
from members
inner join settled on members.node = settled.node
