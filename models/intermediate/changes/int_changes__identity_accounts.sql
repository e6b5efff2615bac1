{#
    Whose identity has to be worked out again: the accounts of new rows, those that share an identifier
    with one of them, before or now, and everybody who hung together with any of these. No link leads
    from here to an account outside (DECISIONS.md says why). Empty when everything is built.
#}
{%- set landed = ref('int_changes__landed_accounts') %}
{%- set former = ref('int_changes__former_identifiers') %}
{%- set identifiers = ref('int_identity__identifiers') %}
{%- set overrides = ref('identity_overrides') %}
{% if is_restating() -%}
{%- set components = as_built_before('int_identity__components') %}
with

landed as (

    select account_id from {{ landed }}

),

touched as (

    select identifier_hash from {{ former }}
    where identifier_type in ('account', 'email', 'phone')

    union distinct

    select identifiers.identifier_hash
    from {{ identifiers }} as identifiers
    inner join landed on identifiers.account_id = landed.account_id
    where identifiers.identifier_type in ('account', 'email', 'phone')

),

sharing as (

    select
        identifiers.identifier_hash,
        identifiers.account_id,
        case when landed.account_id is null then 1 else 0 end as other_weight
    from touched
    inner join {{ identifiers }} as identifiers
        on touched.identifier_hash = identifiers.identifier_hash
    left join landed on identifiers.account_id = landed.account_id

),

narrow as (

    -- What too many others share linked nobody before and links nobody now, whoever came or went.
    select identifier_hash
    from sharing
    group by identifier_hash
    having sum(other_weight) <= {{ var('identity_max_accounts_per_identifier') }}

),

affected as (

    select account_id from landed

    union distinct

    select sharing.account_id
    from sharing
    inner join narrow on sharing.identifier_hash = narrow.identifier_hash

    union distinct

    -- A forced merge begins to count once both accounts are there.
    select overrides.account_id_b as account_id
    from {{ overrides }} as overrides
    inner join landed on overrides.account_id_a = landed.account_id
    where overrides.decision = 'merge'

    union distinct

    select overrides.account_id_a as account_id
    from {{ overrides }} as overrides
    inner join landed on overrides.account_id_b = landed.account_id
    where overrides.decision = 'merge'

),

former_components as (

    select distinct components.component_key
    from {{ components }} as components
    inner join affected on components.account_id = affected.account_id

)

select account_id from affected

union distinct

select components.account_id
from {{ components }} as components
inner join former_components on components.component_key = former_components.component_key
{%- else -%}
select account_id from {{ landed }}
where false
{%- endif %}
