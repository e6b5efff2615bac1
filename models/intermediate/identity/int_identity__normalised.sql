with

sightings as (

    select * from {{ ref('int_identity__sightings') }}
    where account_id is not null

),

ignored as (

    select * from {{ ref('identity_ignored_values') }}

),

spelled as (

    -- Rows that say the same are looked at once: shops export all their customers every day.
    select
        source_name,
        account_id,
        nullif(trim(account_reference), '') as account_reference,
        {{ compact_email('email') }} as email_text,
        {{ dialled_digits('phone') }} as phone_text,
        {{ name_words('customer_name') }} as name_text,
        min(batch_id) as batch_id
    from sightings
    group by
        source_name,
        account_id,
        nullif(trim(account_reference), ''),
        {{ compact_email('email') }},
        {{ dialled_digits('phone') }},
        {{ name_words('customer_name') }}

),

normalised as (

    select
        source_name,
        account_id,
        account_reference,
        {{ normalised_email('email_text') }} as email,
        {{ normalised_phone('phone_text') }} as phone,
        {{ normalised_name('name_text') }} as full_name,
        batch_id
    from spelled

),
{% for column, kind in [
    ("account_reference", "account"), ("email", "email"), ("phone", "phone"), ("full_name", "name")
] %}
ignored_{{ kind }} as (

    select distinct normalised.{{ column }}
    from normalised
    inner join ignored
        on
            ignored.identifier_type = '{{ kind }}'
            and normalised.{{ column }} like ignored.value_pattern

),
{% endfor %}
known as (

    select
        normalised.source_name,
        normalised.account_id,
        normalised.batch_id,
        case when ignored_account.account_reference is null then normalised.account_reference end
            as account_reference,
        case when ignored_email.email is null then normalised.email end as email,
        case when ignored_phone.phone is null then normalised.phone end as phone,
        case when ignored_name.full_name is null then normalised.full_name end as full_name
    from normalised
    left join ignored_account
        on normalised.account_reference = ignored_account.account_reference
    left join ignored_email on normalised.email = ignored_email.email
    left join ignored_phone on normalised.phone = ignored_phone.phone
    left join ignored_name on normalised.full_name = ignored_name.full_name

)

select
    source_name,
    account_id,
    account_reference,
    email,
    phone,
    full_name,
    {{ given_name('full_name') }} as given_name,
    min(batch_id) as batch_id
from known
group by source_name, account_id, account_reference, email, phone, full_name
