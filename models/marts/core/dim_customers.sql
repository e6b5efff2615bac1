{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['customer_id', 'int_changes__customers']]},
    indexes=[{'columns': ['customer_id'], 'unique': true}]
) }}
{%- set changed = ref('int_changes__customers') %}
{# Reads this table as the last build left it, so it comes before it. #}
{%- set reader = ref('int_changes__customer_dates') %}
with

customers as (

    select * from {{ ref('int_customers__customers') }}
    {{ if_restating('where customer_id in (select customer_id from ' ~ changed ~ ')') }}

),

orders as (

    select
        customer_id,
        min(ordered_at) as first_ordered_at,
        max(ordered_at) as last_ordered_at,
        max(currency) as currency,
        cast(count(*) as int) as order_count,
        cast(sum(net_revenue_amount) as {{ money_type() }}) as net_revenue_amount
    from {{ ref('int_sales__order_history') }}
    {{ if_restating('where customer_id in (select customer_id from ' ~ changed ~ ')') }}
    group by customer_id

)

select
    customers.customer_id,
    customers.source_name,
    customers.source_customer_id,
    customers.customer_name,
    customers.email,
    customers.phone,
    customers.country,
    customers.acquisition_channel,
    customers.signed_up_at,
    customers.account_count,
    customers.is_guest_only,
    orders.first_ordered_at,
    orders.last_ordered_at,
    orders.currency,
    coalesce(orders.order_count, 0) as order_count,
    cast(coalesce(orders.net_revenue_amount, 0) as {{ money_type() }}) as net_revenue_amount
from customers
left join orders on customers.customer_id = orders.customer_id
