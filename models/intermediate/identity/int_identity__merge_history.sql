{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['account_id', 'int_changes__identity_accounts']]},
    indexes=[{'columns': ['account_id']}]
) }}
{# Every time that a customer got another id, and why. #}
{%- set restated = ref('int_changes__identity_accounts') %}
with

states as (

    select * from {{ ref('int_identity__customer_states') }}
    {{ if_restating('where account_id in (select account_id from ' ~ restated ~ ')') }}

),

links as (

    select * from {{ ref('int_identity__links') }}
    {{ if_restating('where account_id in (select account_id from ' ~ restated ~ ')') }}

),

joined as (

    -- Links that, in the batch that brought them, joined what had been two customers.
    select
        left_state.previous_customer_id as left_customer_id,
        right_state.previous_customer_id as right_customer_id,
        links.batch_id,
        links.match_rule_rank
    from links
    inner join states as left_state
        on
            links.account_id = left_state.account_id
            and links.batch_id = left_state.as_of_batch_id
    inner join states as right_state
        on
            links.linked_account_id = right_state.account_id
            and links.batch_id = right_state.as_of_batch_id
    where left_state.previous_customer_id <> right_state.previous_customer_id

),

sides as (

    select
        left_customer_id as customer_id,
        batch_id,
        match_rule_rank
    from joined
    union all
    select
        right_customer_id as customer_id,
        batch_id,
        match_rule_rank
    from joined

),

reasons as (

    select
        customer_id,
        batch_id,
        min(match_rule_rank) as match_rule_rank
    from sides
    group by customer_id, batch_id

)

select
    states.account_id,
    states.previous_customer_id,
    states.customer_id,
    states.as_of_batch_id as batch_id,
    {{ match_rule_of_rank('reasons.match_rule_rank') }} as match_rule
from states
inner join reasons
    on
        states.previous_customer_id = reasons.customer_id
        and states.as_of_batch_id = reasons.batch_id
where
    states.previous_customer_id <> states.customer_id
    -- Who arrived with the link had no other id before.
    and states.first_batch_id < states.as_of_batch_id
