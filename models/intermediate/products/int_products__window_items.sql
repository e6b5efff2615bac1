{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['source_name', 'int_changes__windows']]}
) }}
{# Which products the orders hold that are asked for what is bought together. #}
select distinct
    items.source_name,
    items.order_id,
    items.product_id
from {{ ref('int_sales__order_items') }} as items
inner join {{ ref('int_calendar__current_months') }} as today
    on items.source_name = today.source_name
where
    items.order_date >= today.window_start_date
    and items.order_date < today.current_month_start_date
    and items.product_kind = 'product'
    and items.product_id is not null
    {{ if_restating(
        'and items.source_name in (select source_name from ' ~ ref('int_changes__windows') ~ ')'
    ) }}
