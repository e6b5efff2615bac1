{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['account_id', 'int_changes__identity_accounts']]},
    indexes=[{'columns': ['account_id'], 'unique': true}]
) }}
{%- set restated = ref('int_changes__identity_accounts') %}
{# Who is who: the components, with those that hold a forbidden pair taken apart. #}
with

components as (

    select * from {{ ref('int_identity__components') }}
    {{ if_restating('where account_id in (select account_id from ' ~ restated ~ ')') }}

),

territories as (

    select * from {{ ref('int_identity__territories') }}
    {{ if_restating('where account_id in (select account_id from ' ~ restated ~ ')') }}

),

split as (

    select
        components.account_id,
        min(components.account_id) over (
            partition by components.component_key, territories.terminal_id
        ) as cluster_key
    from components
    inner join territories on components.account_id = territories.account_id

)

select
    components.account_id,
    coalesce(split.cluster_key, components.component_key) as cluster_key,
    components.component_key,
    split.account_id is not null as is_split
from components
left join split on components.account_id = split.account_id
