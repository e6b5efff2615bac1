{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['account_id', 'int_changes__identity_accounts']]},
    indexes=[{'columns': ['account_id']}]
) }}
{#
    Why accounts are one customer. Within a customer each shared identifier links its accounts to the
    one that showed it first, since the batch in which both had shown it.
#}
{%- set restated = ref('int_changes__identity_accounts') %}
with

accounts as (

    select * from {{ ref('int_identity__accounts') }}
    {{ if_restating('where account_id in (select account_id from ' ~ restated ~ ')') }}

),

clusters as (

    select * from {{ ref('int_identity__clusters') }}
    {{ if_restating('where account_id in (select account_id from ' ~ restated ~ ')') }}

),

shown as (

    select
        clusters.cluster_key,
        evidence.account_id,
        evidence.batch_id,
        evidence.identifier_type as match_rule,
        {{ match_rule_rank('evidence.identifier_type') }} as match_rule_rank,
        first_value(evidence.account_id) over (
            partition by clusters.cluster_key, evidence.identifier_type, evidence.identifier_hash
            order by evidence.batch_id, evidence.account_id
        ) as linked_account_id
    from {{ ref('int_identity__evidence') }} as evidence
    inner join clusters on evidence.account_id = clusters.account_id

),

forced as (

    select
        clusters.cluster_key,
        left_account.account_id,
        greatest(left_account.first_batch_id, right_account.first_batch_id) as batch_id,
        'override' as match_rule,
        {{ match_rule_rank("'override'") }} as match_rule_rank,
        right_account.account_id as linked_account_id
    from {{ ref('identity_overrides') }} as overrides
    inner join accounts as left_account on overrides.account_id_a = left_account.account_id
    inner join accounts as right_account on overrides.account_id_b = right_account.account_id
    inner join clusters on left_account.account_id = clusters.account_id
    where
        overrides.decision = 'merge'
        and left_account.account_id <> right_account.account_id

),

links as (

    select * from shown
    where account_id <> linked_account_id
    union all
    select * from forced

)

select
    cluster_key,
    account_id,
    linked_account_id,
    match_rule,
    match_rule_rank,
    min(batch_id) as batch_id
from links
group by cluster_key, account_id, linked_account_id, match_rule, match_rule_rank
