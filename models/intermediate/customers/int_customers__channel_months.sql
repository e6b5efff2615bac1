{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['customer_id, month_start_date', 'int_changes__customer_days']]},
    indexes=[{'columns': ['customer_id', 'month_start_date']}]
) }}
{%- set days = ref('int_changes__customer_days') %}
with

orders as (

    select
        orders.source_name,
        cast({{ dbt.date_trunc("month", "orders.order_date") }} as date) as month_start_date,
        orders.customer_id,
        orders.channel,
        orders.net_revenue_amount
    from {{ ref('int_sales__order_history') }} as orders
    inner join {{ ref('int_calendar__today') }} as today
        on orders.source_name = today.source_name
    where
        orders.order_date < today.as_of_date
        and orders.channel <> 'unknown'
        {{ if_restating(
            'and orders.order_date >= (select min(month_start_date) from ' ~ days ~ ')'
            ~ ' and (orders.customer_id, ' ~ month_start('orders.order_date') ~ ') in'
            ~ ' (select customer_id, month_start_date from ' ~ days ~ ')'
        ) }}

)

select
    source_name,
    month_start_date,
    customer_id,
    channel,
    cast(count(*) as int) as order_count,
    cast(sum(net_revenue_amount) as {{ money_type() }}) as net_revenue_amount
from orders
group by source_name, month_start_date, customer_id, channel
