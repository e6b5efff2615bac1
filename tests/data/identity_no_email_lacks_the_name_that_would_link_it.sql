-- A warning: these accounts have shown an e-mail but never a first name, and others have shown the
-- same e-mail. They stay alone, since families share e-mails. A name would link them, or the seed
-- identity_overrides, or the var identity_link_nameless where the others have one first name.
{{ config(tags=['every_row'], severity='warn') }}
with

shared_emails as (

    select identifier_hash
    from {{ ref('int_identity__identifiers') }}
    where identifier_type = 'email'
    group by identifier_hash
    having count(*) between 2 and {{ var('identity_max_accounts_per_identifier') }}

),

emails as (

    select
        identifiers.account_id,
        identifiers.identifier_hash,
        customers.customer_id
    from {{ ref('int_identity__identifiers') }} as identifiers
    inner join shared_emails on identifiers.identifier_hash = shared_emails.identifier_hash
    inner join {{ ref('int_identity__customers') }} as customers
        on identifiers.account_id = customers.account_id

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
