-- A warning: a typing error in the seed would otherwise do nothing without a word. The account may
-- also be of a shop that is not loaded here.
{{ config(severity='warn') }}
with

named as (

    select account_id_a as account_id from {{ ref('identity_overrides') }}
    union distinct
    select account_id_b as account_id from {{ ref('identity_overrides') }}

)

select named.account_id
from named
left join {{ ref('int_identity__accounts') }} as landed on named.account_id = landed.account_id
where landed.account_id is null
