{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['customer_id', 'int_changes__customers']]},
    indexes=[{'columns': ['customer_id']}]
) }}
{# The day on which each customer first bought in each shop. #}
select
    source_name,
    customer_id,
    min(order_date) as first_order_date
from {{ ref('int_sales__orders') }}
where
    customer_id is not null
    {{ if_restating(
        'and customer_id in (select customer_id from ' ~ ref('int_changes__customers') ~ ')'
    ) }}
group by source_name, customer_id
