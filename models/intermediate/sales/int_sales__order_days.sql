{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['source_name, order_date', 'int_changes__order_days']]}
) }}
{# What was ordered on each day: all that needs to know when, and not what. #}
select
    source_name,
    max(currency) as currency,
    order_date,
    cast(count(*) as int) as order_count,
    cast(count(distinct customer_id) as int) as customer_count,
    cast(sum(unit_count) as bigint) as unit_count,
    cast(sum(gross_amount) as {{ money_type() }}) as gross_amount,
    cast(sum(discount_amount) as {{ money_type() }}) as discount_amount,
    cast(sum(net_revenue_amount) as {{ money_type() }}) as net_revenue_amount
from {{ ref('int_sales__orders') }}
{{ if_restating(
    'where (source_name, order_date) in (select source_name, order_date from '
    ~ ref('int_changes__order_days') ~ ')'
) }}
group by source_name, order_date
