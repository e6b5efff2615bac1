-- A warning: an e-mail, phone or reference of more accounts than the var
-- identity_max_accounts_per_identifier links nobody, and an account with more identifiers of a kind
-- than identity_max_identifiers_per_account (a till) is linked to nobody. Find the value by an
-- account that shows it, and name it in identity_ignored_values to be rid of the warning.
{{ config(tags=['every_row'], severity='warn') }}
select
    identifier_type,
    identifier_hash,
    min(account_id) as example_account_id,
    count(*) as account_count,
    max(identifier_count) as identifier_count
from {{ ref('int_identity__identifiers') }}
group by identifier_type, identifier_hash
having
    (
        identifier_type in ('account', 'email', 'phone')
        and count(*) > {{ var('identity_max_accounts_per_identifier') }}
    )
    or max(identifier_count) > {{ var('identity_max_identifiers_per_account') }}
