{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['account_id', 'int_changes__landed_accounts']]},
    indexes=[
        {'columns': ['account_id']},
        {'columns': ['identifier_hash']}
    ]
) }}
{#
    Which identifiers each account has ever shown, hashed. An old e-mail stays: if only the newest
    counted, who is whom would depend on the order in which rows arrive. Each row is a matter of its own
    account alone: how many share an identifier is counted where it matters, in evidence.
#}
{#- Reads this table as the last build left it, so it comes before it. -#}
{%- set reader = ref('int_changes__former_identifiers') %}
with

normalised as (

    select * from {{ ref('int_identity__normalised') }}

),

shown as (

    select
        account_id,
        batch_id,
        'account' as identifier_type,
        -- One shop's reference means nothing in another.
        source_name || ':' || account_reference as identifier_value
    from normalised
    where account_reference is not null

    union all

    select
        account_id,
        batch_id,
        'email' as identifier_type,
        email as identifier_value
    from normalised
    where email is not null

    union all

    select
        account_id,
        batch_id,
        'phone' as identifier_type,
        phone as identifier_value
    from normalised
    where phone is not null

    union all

    -- One word behind a shared phone may be any of the family.
    select
        account_id,
        batch_id,
        'full_name' as identifier_type,
        full_name as identifier_value
    from normalised
    where full_name like '% %'

    union all

    -- Empty for an e-mail that was shown without a first name.
    select
        account_id,
        batch_id,
        'given_name' as identifier_type,
        coalesce(given_name, '') as identifier_value
    from normalised
    where given_name is not null or email is not null

),

first_shown as (

    select
        account_id,
        identifier_type,
        identifier_value,
        min(batch_id) as batch_id
    from shown
    group by account_id, identifier_type, identifier_value

)

select
    account_id,
    identifier_type,
    {{ identifier_hash('identifier_type', 'identifier_value') }} as identifier_hash,
    identifier_type = 'given_name' and identifier_value = '' as is_nameless,
    -- How many of a kind: an account with a thousand e-mails is a till.
    count(*) over (partition by account_id, identifier_type) as identifier_count,
    batch_id
from first_shown
