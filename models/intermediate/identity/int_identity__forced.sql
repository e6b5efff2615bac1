{# What the merges of the seed identity_overrides come to: a with b and b with c is all three. #}
with

pairs as (

    select
        left_account.account_id as left_account_id,
        right_account.account_id as right_account_id
    from {{ ref('identity_overrides') }} as overrides
    inner join {{ ref('int_identity__accounts') }} as left_account
        on overrides.account_id_a = left_account.account_id
    inner join {{ ref('int_identity__accounts') }} as right_account
        on overrides.account_id_b = right_account.account_id
    where overrides.decision = 'merge'

),

named as (

    select left_account_id as account_id from pairs
    union distinct
    select right_account_id as account_id from pairs

),

numbered as (

    select
        account_id,
        row_number() over (order by {{ dbt.hash('account_id') }}, account_id) as node
    from named

),

edges as (

    select
        left_account.node as left_node,
        right_account.node as right_node
    from pairs
    inner join numbered as left_account on pairs.left_account_id = left_account.account_id
    inner join numbered as right_account on pairs.right_account_id = right_account.account_id

),

{{ connected_components('edges', 'forced') }}

select
    numbered.account_id,
    min(numbered.account_id) over (partition by forced_labels.label) as forced_key
from forced_labels
inner join numbered on forced_labels.node = numbered.node
