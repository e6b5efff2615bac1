{#
    The accounts that matter to what is built on identity: those of new rows, and those that have got
    another customer. Empty when everything is built.
#}
{%- set landed = ref('int_changes__landed_accounts') %}
{%- set worked_out = ref('int_changes__identity_accounts') %}
{%- set restated = ref('int_identity__restated_customers') %}
{% if is_restating() -%}
with

compared as (

    select
        worked_out.account_id,
        before.customer_id as old_customer_id,
        restated.customer_id,
        landed.account_id is not null as is_landed,
        coalesce(before.customer_id, '') <> coalesce(restated.customer_id, '') as is_moved
    from {{ worked_out }} as worked_out
    left join {{ landed }} as landed on worked_out.account_id = landed.account_id
    left join {{ as_built_before('int_identity__customers') }} as before
        on worked_out.account_id = before.account_id
    left join {{ restated }} as restated on worked_out.account_id = restated.account_id

)

select
    account_id,
    old_customer_id,
    customer_id,
    is_moved
from compared
where is_landed or is_moved
{%- else -%}
select
    account_id,
    customer_id as old_customer_id,
    customer_id,
    false as is_moved
from {{ restated }}
where false
{%- endif %}
