{#
    What the accounts of new rows had shown before: a customer row can take the place of what was said
    at the checkout. Empty when everything is built.
#}
{%- set landed = ref('int_changes__landed_accounts') %}
{% if is_restating() -%}
select
    identifiers.account_id,
    identifiers.identifier_type,
    identifiers.identifier_hash
from {{ as_built_before('int_identity__identifiers') }} as identifiers
inner join {{ landed }} as landed on identifiers.account_id = landed.account_id
{%- else -%}
select
    account_id,
    cast(null as {{ dbt.type_string() }}) as identifier_type,
    cast(null as {{ dbt.type_string() }}) as identifier_hash
from {{ landed }}
where false
{%- endif %}
