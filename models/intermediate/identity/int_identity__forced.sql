{# What the merges of the seed identity_overrides come to: a with b and b with c is all three. #}
with

accounts as (

    select
        account_id,
        account_number
    from {{ ref('int_identity__accounts') }}

),

edges as (

    select
        left_account.account_number as left_node,
        right_account.account_number as right_node
    from {{ ref('identity_overrides') }} as overrides
    inner join accounts as left_account on overrides.account_id_a = left_account.account_id
    inner join accounts as right_account on overrides.account_id_b = right_account.account_id
    where overrides.decision = 'merge'

),

{{ connected_components('edges', 'forced') }}

select
    accounts.account_id,
    forced_labels.label as forced_number
from forced_labels
inner join accounts on forced_labels.node = accounts.account_number
