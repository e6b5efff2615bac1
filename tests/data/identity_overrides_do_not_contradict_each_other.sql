-- A pair that the seed splits must not be merged by it too, directly or by way of others
-- (a with b, b with c, but a not with c). An account is not split from itself.
with

overrides as (

    select * from {{ ref('identity_overrides') }}

),

forced as (

    select * from {{ ref('int_identity__forced') }}

)

select
    overrides.account_id_a,
    overrides.account_id_b,
    overrides.reason
from overrides
left join forced as left_forced on overrides.account_id_a = left_forced.account_id
left join forced as right_forced on overrides.account_id_b = right_forced.account_id
where
    overrides.decision = 'split'
    and (
        overrides.account_id_a = overrides.account_id_b
        or left_forced.forced_key = right_forced.forced_key
    )
