{#
    Days on which a customer bought or brought back something else than before, or that are past now
    and were not. Empty when everything is built.
#}
{%- set all_returns = ref('int_sales__returns') %}
{%- set accounts = ref('int_changes__accounts') %}
{%- set earlier_days = as_built_before('ftr_interactions') %}
with

touched as (

    select
        customer_id,
        order_date as changed_date
    from {{ ref('int_sales__orders') }}
    where order_id in (select order_id from {{ ref('int_changes__orders') }})

    union all

    select
        old_customer_id as customer_id,
        old_order_date as changed_date
    from {{ ref('int_changes__orders') }}

    union all

    select
        customer_id,
        return_date as changed_date
    from {{ all_returns }}
    where return_id in (select return_id from {{ ref('int_changes__returns') }})

    union all

    select
        old_customer_id as customer_id,
        old_return_date as changed_date
    from {{ ref('int_changes__returns') }}

    union all

    select
        customer_id,
        return_date as changed_date
    from {{ all_returns }}
    where account_id in (select account_id from {{ accounts }} where is_moved)
    {% if is_restating() %}
    union all

    select
        customer_id,
        interaction_date as changed_date
    from {{ earlier_days }}
    where customer_id in (select old_customer_id from {{ accounts }} where is_moved)
    {% endif %}
    union all

    select
        customer_id,
        order_date as changed_date
    from {{ ref('int_changes__passed_orders') }}

    union all

    select
        customer_id,
        return_date as changed_date
    from {{ ref('int_changes__passed_returns') }}

)

select distinct
    customer_id,
    changed_date,
    {{ month_start("changed_date") }} as month_start_date
from touched
where customer_id is not null and changed_date is not null
