{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['customer_id', 'int_changes__account_customers']]},
    indexes=[{'columns': ['customer_id'], 'unique': true}]
) }}
{#
    The golden record of a customer over all of its accounts: each attribute from the account that
    knows it best, a registered one before a guest checkout, then the one that gives the customer
    its id, then the latest to sign up.
#}
with

accounts as (

    select
        linked.customer_id,
        known.*,
        case when known.source_customer_id is null then 1 else 0 end as guest_rank,
        case when known.account_id = linked.customer_id then 0 else 1 end as home_rank
    from {{ ref("int_customers__accounts") }} as known
    inner join {{ ref('int_identity__customers') }} as linked
        on known.account_id = linked.account_id
    {{ if_restating(
        'where linked.customer_id in (select customer_id from ' ~ ref('int_changes__account_customers') ~ ')'
    ) }}

),

ranked as (

    select
        *,
        {% for attribute in ["customer_name", "email", "phone", "country", "acquisition_channel"] %}
        row_number() over (
            partition by customer_id
            order by
                case when {{ attribute }} is null then 1 else 0 end asc,
                guest_rank asc,
                home_rank asc,
                signed_up_at desc nulls last,
                account_id asc
        ) as {{ attribute }}_rank,
        {% endfor %}
        1 as account_weight
    from accounts

)

select
    customer_id,
    max(case when home_rank = 0 then source_name end) as source_name,
    max(case when home_rank = 0 then source_customer_id end) as source_customer_id,
    max(case when customer_name_rank = 1 then customer_name end) as customer_name,
    max(case when email_rank = 1 then email end) as email,
    max(case when phone_rank = 1 then phone end) as phone,
    max(case when country_rank = 1 then country end) as country,
    max(case when acquisition_channel_rank = 1 then acquisition_channel end) as acquisition_channel,
    min(signed_up_at) as signed_up_at,
    cast(sum(account_weight) as int) as account_count,
    min(guest_rank) = 1 as is_guest_only
from ranked
group by customer_id
