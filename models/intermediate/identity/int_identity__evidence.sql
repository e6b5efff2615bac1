{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['account_id', 'int_changes__identity_accounts']]},
    indexes=[{'columns': ['account_id']}]
) }}
{#
    What links accounts: two that share one row's identifier_hash are one person.
    An e-mail counts with the first name, a phone with the whole name; an account that has shown
    several of each has shown every pair of them. What too many share is no evidence, and a till has none.
    With the var identity_link_nameless an account without a name is taken for the owner of its e-mail,
    as long as everybody who has named themselves with that e-mail has the same first name.
#}
{%- set restated = ref('int_changes__identity_accounts') %}
{%- set till_limit = var('identity_max_identifiers_per_account') %}
with

identifiers as (

    select * from {{ ref('int_identity__identifiers') }}
    where
        identifier_count <= {{ till_limit }}
        {{ if_restating('and account_id in (select account_id from ' ~ restated ~ ')') }}

),

linking as (

    select * from identifiers
    where identifier_type in ('account', 'email', 'phone')

),

account_counts as (

    -- Of all that have ever shown it, tills too: an address of the shop itself is nobody's.
    select
        identifier_hash,
        count(*) as account_count
    from {{ ref('int_identity__identifiers') }}
    where
        identifier_type in ('account', 'email', 'phone')
        {{ if_restating('and identifier_hash in (select linking.identifier_hash from linking)') }}
    group by identifier_hash

),

admissible as (

    select linking.*
    from linking
    inner join account_counts on linking.identifier_hash = account_counts.identifier_hash
    where account_counts.account_count <= {{ var('identity_max_accounts_per_identifier') }}

),

emails as (

    select * from admissible
    where identifier_type = 'email'

),

given_names as (

    select * from identifiers
    where identifier_type = 'given_name'

),

phones as (

    select * from admissible
    where identifier_type = 'phone'

),

full_names as (

    select * from identifiers
    where identifier_type = 'full_name'

),

account_references as (

    select
        account_id,
        'account' as identifier_type,
        identifier_hash,
        batch_id
    from admissible
    where identifier_type = 'account'

),

emails_with_given_name as (

    select
        emails.account_id,
        'email' as identifier_type,
        {{ dbt.hash("emails.identifier_hash || given_names.identifier_hash") }} as identifier_hash,
        greatest(emails.batch_id, given_names.batch_id) as batch_id
    from emails
    inner join given_names on emails.account_id = given_names.account_id
    where not given_names.is_nameless

),
{% if var('identity_link_nameless') %}
names_of_emails as (

    -- Of everybody who has shown the e-mail, whether they are worked out here or not.
    select
        shown.identifier_hash,
        min(given.identifier_hash) as first_name_hash,
        max(given.identifier_hash) as last_name_hash
    from {{ ref('int_identity__identifiers') }} as shown
    inner join {{ ref('int_identity__identifiers') }} as given
        on shown.account_id = given.account_id
    where
        shown.identifier_type = 'email'
        and shown.identifier_count <= {{ till_limit }}
        and given.identifier_type = 'given_name'
        and given.identifier_count <= {{ till_limit }}
        and not given.is_nameless
        {{ if_restating(
            'and shown.identifier_hash in (select emails.identifier_hash from emails)'
        ) }}
    group by shown.identifier_hash

),

emails_without_given_name as (

    -- Nobody else has given a name either, or all have given the same.
    select
        emails.account_id,
        'email' as identifier_type,
        {{ dbt.hash(
            "emails.identifier_hash"
            ~ " || coalesce(names_of_emails.first_name_hash, given_names.identifier_hash)"
        ) }} as identifier_hash,
        greatest(emails.batch_id, given_names.batch_id) as batch_id
    from emails
    inner join given_names on emails.account_id = given_names.account_id
    left join names_of_emails on emails.identifier_hash = names_of_emails.identifier_hash
    where
        given_names.is_nameless
        -- Who has given a first name once is not nameless.
        and given_names.identifier_count = 1
        and (
            names_of_emails.first_name_hash is null
            or names_of_emails.first_name_hash = names_of_emails.last_name_hash
        )

),
{% endif %}
phones_with_full_name as (

    select
        phones.account_id,
        'phone_and_name' as identifier_type,
        {{ dbt.hash("phones.identifier_hash || full_names.identifier_hash") }} as identifier_hash,
        greatest(phones.batch_id, full_names.batch_id) as batch_id
    from phones
    inner join full_names on phones.account_id = full_names.account_id

),

evidence as (

    select * from account_references
    union all
    select * from emails_with_given_name
    union all
    {% if var('identity_link_nameless') -%}
    select * from emails_without_given_name
    union all
    {% endif -%}
    select * from phones_with_full_name

)

select
    account_id,
    identifier_type,
    identifier_hash,
    min(batch_id) as batch_id
from evidence
group by account_id, identifier_type, identifier_hash
