{# Who the sources say their customers are; who of them is one person is settled in identity. #}
{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['account_id', 'int_changes__landed_accounts']]},
    indexes=[{'columns': ['account_id'], 'unique': true}]
) }}
with

unioned as (
    {{ union_of('accounts') }}

)

select * from unioned
{{ if_restating(
    'where account_id in (select account_id from ' ~ ref('int_changes__landed_accounts') ~ ')'
) }}
