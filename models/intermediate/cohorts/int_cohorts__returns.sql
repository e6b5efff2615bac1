{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['return_id', 'int_changes__cohort_returns']]},
    indexes=[{'columns': ['customer_id']}, {'columns': ['return_id']}]
) }}
{#
    Returned goods of customers that have a cohort, with the day of the order that they came from and
    the margin that went back with them: the money paid back less the cost of what came back, as it
    stood on the line that was sold.
#}
with

returned as (

    select
        customers.source_name,
        customers.customer_id,
        customers.first_order_date,
        returned.return_id,
        returned.order_id,
        returned.order_item_id,
        returned.quantity,
        returned.returned_amount,
        returned.return_date
    from {{ ref('int_sales__returns') }} as returned
    inner join {{ ref('int_cohorts__customers') }} as customers
        on returned.customer_id = customers.customer_id
    inner join {{ ref('int_sales__currencies') }} as currencies
        on
            customers.source_name = currencies.source_name
            and returned.currency = currencies.currency
    inner join {{ ref('int_calendar__today') }} as today
        on customers.source_name = today.source_name
    where
        returned.is_goods
        and returned.return_date < today.as_of_date
        {{ if_restating(
            'and returned.return_id in (select return_id from ' ~ ref('int_changes__cohort_returns') ~ ')'
        ) }}

)

select
    returned.source_name,
    returned.return_id,
    returned.customer_id,
    orders.order_date,
    returned.return_date,
    returned.return_date < returned.first_order_date as is_before_first_order,
    returned.returned_amount,
    cast(
        returned.returned_amount - items.cost_amount * returned.quantity / nullif(items.quantity, 0)
        as {{ money_type() }}
    ) as returned_margin_amount
from returned
left join {{ ref('int_sales__order_history') }} as orders on returned.order_id = orders.order_id
left join {{ ref('int_sales__order_items') }} as items
    on returned.order_id = items.order_id and returned.order_item_id = items.order_item_id
