{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['account_id', 'int_changes__landed_accounts']]},
    indexes=[{'columns': ['account_id']}]
) }}
{%- set landed = ref('int_changes__landed_accounts') %}
{%- set base_orders = ref('base_shop__orders') %}
{#
    Who the shop says its customers are: those of its customer file, those whom only other files
    name, and guests who left an e-mail or a phone number at the checkout.
#}
with

customers as (

    select * from {{ ref('stg_shop__customers') }}
    {{ if_restating(
        'where (source_name, customer_number) in (select source_name, customer_number from ' ~ landed ~ ')'
    ) }}

),

orders as (

    select
        *,
        {{ shop_account_id() }} as account_id
    from {{ ref('stg_shop__orders') }}
    {{ if_restating(
        'where (source_name, order_number) in (select source_name, order_number from ' ~ base_orders
        ~ ' where account_id in (select account_id from ' ~ landed ~ '))'
    ) }}

),

named as (

    select
        source_name,
        customer_number,
        full_name,
        email,
        phone,
        country,
        account_id,
        ordered_at,
        order_number
    from orders
    where
        account_id is not null
        -- Whose order it was before is worked out anew, not who has it now.
        {{ if_restating('and account_id in (select account_id from ' ~ landed ~ ')') }}
    {% for entity in ["returns", "reviews", "events", "subscriptions"] %}
    union all

    select
        source_name,
        customer_number,
        cast(null as {{ dbt.type_string() }}) as full_name,
        cast(null as {{ dbt.type_string() }}) as email,
        cast(null as {{ dbt.type_string() }}) as phone,
        cast(null as {{ dbt.type_string() }}) as country,
        source_name || ':' || customer_number as account_id,
        cast(null as {{ dbt.type_timestamp() }}) as ordered_at,
        cast(null as {{ dbt.type_string() }}) as order_number
    from {{ ref('stg_shop__' ~ entity) }}
    where
        customer_number is not null
        {{ if_restating(
            'and (source_name, customer_number) in (select source_name, customer_number from ' ~ landed ~ ')'
        ) }}
    {% endfor %}

),

ranked as (

    select
        *,
        row_number() over (
            partition by account_id
            order by ordered_at desc nulls last, order_number desc nulls last
        ) as recency_rank
    from named

),

registered as (

    select
        source_name,
        source_name || ':' || customer_number as account_id,
        customer_number as source_customer_id,
        full_name as customer_name,
        email,
        phone,
        account_number as account_reference,
        country,
        acquisition_channel,
        signed_up_at
    from customers

),

named_only as (

    select
        ranked.source_name,
        ranked.account_id,
        ranked.customer_number as source_customer_id,
        ranked.full_name as customer_name,
        ranked.email,
        ranked.phone,
        cast(null as {{ dbt.type_string() }}) as account_reference,
        ranked.country,
        cast(null as {{ dbt.type_string() }}) as acquisition_channel,
        cast(null as {{ dbt.type_timestamp() }}) as signed_up_at
    from ranked
    left join registered on ranked.account_id = registered.account_id
    where ranked.recency_rank = 1 and registered.account_id is null

)

select * from registered
union all
select * from named_only
