{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['review_id', 'int_changes__reviews']]},
    indexes=[{'columns': ['account_id']}, {'columns': ['review_id']}]
) }}
with

unioned as (

    select * from {{ ref('int_conformed__reviews') }}

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
    'where unioned.review_id in (select review_id from ' ~ ref('int_changes__reviews') ~ ')'
) }}
