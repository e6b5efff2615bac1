{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['account_id', 'int_changes__identity_accounts']]},
    indexes=[
        {'columns': ['account_id'], 'unique': true},
        {'columns': ['customer_id']}
    ]
) }}
{# The customer behind each account. #}
{#- Reads this table as the last build left it, so it comes before it. -#}
{%- set reader = ref('int_changes__accounts') %}
select * from {{ ref('int_identity__restated_customers') }}
