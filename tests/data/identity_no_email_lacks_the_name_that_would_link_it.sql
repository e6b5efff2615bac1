-- A warning: these accounts have shown an e-mail but never a first name, and others have shown the
-- same e-mail. They stay alone, since families share e-mails. A name would link them, or the seed
-- identity_overrides, or the var identity_link_nameless where the others have one first name.
{{ config(tags=['every_row'], severity='warn') }}
with

emails as (

    select
        identifiers.account_id,
        identifiers.identifier_hash,
        customers.customer_id
    from {{ ref('int_identity__identifiers') }} as identifiers
    inner join {{ ref('int_identity__customers') }} as customers
        on identifiers.account_id = customers.account_id
    where
        identifiers.identifier_type = 'email'
        and identifiers.account_count between 2
        and {{ var('identity_max_accounts_per_identifier') }}

),

nameless as (

    select account_id from {{ ref('int_identity__identifiers') }}
    where is_nameless and identifier_count = 1

)

select distinct nameless.account_id
from nameless
inner join emails as own_email on nameless.account_id = own_email.account_id
inner join emails as other_email
    on
        own_email.identifier_hash = other_email.identifier_hash
        and own_email.customer_id <> other_email.customer_id
