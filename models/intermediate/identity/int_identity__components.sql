{# Who hangs together by evidence and forced merges, before the splits of the seed. #}
with

accounts as (

    select * from {{ ref('int_identity__accounts') }}

),

shared as (

    select
        accounts.account_number,
        min(accounts.account_number) over (
            partition by evidence.identifier_type, evidence.identifier_hash
        ) as centre_number
    from {{ ref('int_identity__evidence') }} as evidence
    inner join accounts on evidence.account_id = accounts.account_id
    where evidence.is_admissible

),

edges as (

    -- A star per identifier: fewer edges than pairs, and the same components.
    select distinct
        account_number as left_node,
        centre_number as right_node
    from shared
    where account_number <> centre_number

    union all

    select
        accounts.account_number as left_node,
        forced.forced_number as right_node
    from {{ ref('int_identity__forced') }} as forced
    inner join accounts on forced.account_id = accounts.account_id

),

{{ connected_components('edges', 'linked') }}

select
    accounts.account_id,
    accounts.account_number,
    coalesce(linked_labels.label, accounts.account_number) as component_number
from accounts
left join linked_labels on accounts.account_number = linked_labels.node
