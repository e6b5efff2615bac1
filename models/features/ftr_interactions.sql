{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [
        ['customer_id, interaction_date', 'int_changes__customer_days', 'customer_id, changed_date']
    ]},
    indexes=[
        {'columns': ['customer_id', 'interaction_date']},
        {'columns': ['source_name', 'interaction_date']}
    ]
) }}
{%- set days = ref('int_changes__customer_days') %}
{%- set orders = ref('int_sales__orders') %}
{%- set changed = '(select customer_id, changed_date from ' ~ days ~ ')' %}
with

bought as (

    select
        items.source_name,
        items.customer_id,
        items.product_id,
        items.order_date as interaction_date,
        max(items.country) as country,
        cast(count(distinct items.order_id) as int) as order_count,
        cast(sum(items.quantity) as bigint) as unit_count,
        -- Money of another currency than the shop's cannot be added.
        cast(
            sum(
                case
                    when items.currency = currencies.currency then items.net_revenue_amount else 0
                end
            )
            as {{ money_type() }}
        ) as net_revenue_amount,
        cast(0 as bigint) as returned_unit_count
    from {{ ref('int_sales__order_items') }} as items
    left join {{ ref('int_sales__currencies') }} as currencies
        on items.source_name = currencies.source_name
    where
        items.product_kind = 'product'
        and items.customer_id is not null
        and items.product_id is not null
        {{ if_restating(
            'and items.order_id in (select order_id from ' ~ orders
            ~ ' where order_date >= (select min(changed_date) from ' ~ days ~ ')'
            ~ ' and (customer_id, order_date) in ' ~ changed ~ ')'
        ) }}
    group by items.source_name, items.customer_id, items.product_id, items.order_date

),

returned as (

    select
        source_name,
        customer_id,
        product_id,
        return_date as interaction_date,
        cast(null as {{ dbt.type_string() }}) as country,
        0 as order_count,
        cast(0 as bigint) as unit_count,
        cast(0 as {{ money_type() }}) as net_revenue_amount,
        cast(sum(quantity) as bigint) as returned_unit_count
    from {{ ref('int_sales__returns') }}
    where
        product_kind = 'product'
        and customer_id is not null
        and product_id is not null
        {{ if_restating('and (customer_id, return_date) in ' ~ changed) }}
    group by source_name, customer_id, product_id, return_date

),

unioned as (

    select * from bought
    union all
    select * from returned

)

select
    unioned.source_name,
    unioned.customer_id,
    unioned.product_id,
    unioned.interaction_date,
    coalesce(max(unioned.country), 'unknown') as country,
    cast(sum(unioned.order_count) as int) as order_count,
    cast(sum(unioned.unit_count) as bigint) as unit_count,
    cast(sum(unioned.net_revenue_amount) as {{ money_type() }}) as net_revenue_amount,
    cast(sum(unioned.returned_unit_count) as bigint) as returned_unit_count
from unioned
inner join {{ ref('int_calendar__today') }} as today
    on unioned.source_name = today.source_name
where unioned.interaction_date < today.as_of_date
group by
    unioned.source_name, unioned.customer_id, unioned.product_id, unioned.interaction_date
