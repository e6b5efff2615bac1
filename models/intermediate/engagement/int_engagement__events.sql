{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [
        ['account_id', 'int_changes__accounts'],
        ['event_id', 'int_changes__landed_events']
    ]},
    indexes=[{'columns': ['account_id']}, {'columns': ['event_id']}]
) }}
with

unioned as (

    select * from {{ ref('int_conformed__events') }}

),

customers as (

    select
        account_id,
        customer_id
    from {{ ref('int_identity__customers') }}

)

select
    unioned.*,
    customers.customer_id
from unioned
left join customers on unioned.account_id = customers.account_id
{{ if_restating(
    'where unioned.account_id in (select account_id from ' ~ ref('int_changes__accounts') ~ ')'
    ~ ' or unioned.event_id in (select event_id from ' ~ ref('int_changes__landed_events') ~ ')'
) }}
