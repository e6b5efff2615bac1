{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [
        ['source_name, as_of_date', 'int_changes__as_of_dates'],
        ['customer_id, as_of_date', 'int_changes__customer_dates']
    ]},
    indexes=[{'columns': ['as_of_date', 'source_name']}, {'columns': ['customer_id']}]
) }}
{%- set changed_dates = ref('int_changes__as_of_dates') %}
{%- set changed_customers = ref('int_changes__customer_dates') %}
with

as_of_dates as (

    select * from {{ ref('int_calendar__as_of_dates') }}
    {{ if_restating(
        'where (source_name, as_of_date) in (select source_name, as_of_date from ' ~ changed_dates ~ ')'
    ) }}

),

-- Strictly before the as-of date: an order placed on the day itself is the future.
past_orders as (

    select
        as_of_dates.as_of_date,
        orders.*,
        {{ days_between("orders.order_date", "as_of_dates.as_of_date") }} as age_days
    from {{ ref('int_sales__order_history') }} as orders
    inner join as_of_dates
        on
            orders.source_name = as_of_dates.source_name
            and orders.order_date < as_of_dates.as_of_date
    {% if is_incremental() %}
    union all

    select
        changed.as_of_date,
        orders.*,
        {{ days_between("orders.order_date", "changed.as_of_date") }} as age_days
    from {{ changed_customers }} as changed
    inner join {{ ref('int_sales__order_history') }} as orders
        on
            changed.customer_id = orders.customer_id
            and orders.order_date < changed.as_of_date
    where changed.source_name = orders.source_name
    {% endif %}

),

visits as (

    select
        *,
        next_order_date is null or next_order_date >= as_of_date as is_latest
    from past_orders

),

aggregated as (

    select
        as_of_date,
        customer_id,
        source_name,
        max(case when is_latest then country end) as country,
        min(age_days) as days_since_last_order,
        max(age_days) as days_since_first_order,
        cast(count(*) as int) as order_count,
        cast(sum(case when is_first_of_day then 1 else 0 end) as int) as order_day_count,
        cast(sum(case when age_days <= 30 then 1 else 0 end) as int) as order_count_last_30_days,
        cast(sum(case when age_days <= 90 then 1 else 0 end) as int) as order_count_last_90_days,
        cast(sum(case when age_days <= 180 then 1 else 0 end) as int) as order_count_last_180_days,
        cast(stddev_samp(days_since_previous_order) as numeric(18, 4))
            as stddev_days_between_orders,
        sum(net_revenue_amount) as net_revenue_amount,
        sum(case when age_days <= 90 then net_revenue_amount else 0 end)
            as net_revenue_last_90_days_amount,
        avg(net_revenue_amount) as average_order_value_amount,
        sum(case when is_latest then net_revenue_amount else 0 end)
            as last_order_value_amount,
        avg(line_count) as mean_line_count,
        avg(unit_count) as mean_unit_count,
        sum(discount_amount) / nullif(sum(gross_amount), 0) as discount_share
    from visits
    group by as_of_date, customer_id, source_name

)

select
    as_of_date,
    customer_id,
    source_name,
    country,
    days_since_last_order,
    days_since_first_order,
    order_count,
    order_day_count,
    order_day_count - 1 as clv_repeat_order_count,
    days_since_first_order - days_since_last_order as clv_recency_days,
    order_count_last_30_days,
    order_count_last_90_days,
    order_count_last_180_days,
    cast(
        (days_since_first_order - days_since_last_order)
        / cast(nullif(order_day_count - 1, 0) as numeric(18, 4)) as numeric(18, 4)
    ) as mean_days_between_orders,
    stddev_days_between_orders,
    cast(net_revenue_amount as {{ money_type() }}) as net_revenue_amount,
    cast(net_revenue_last_90_days_amount as {{ money_type() }}) as net_revenue_last_90_days_amount,
    cast(average_order_value_amount as {{ money_type() }}) as average_order_value_amount,
    cast(last_order_value_amount as {{ money_type() }}) as last_order_value_amount,
    cast(mean_line_count as numeric(18, 4)) as mean_line_count,
    cast(mean_unit_count as numeric(18, 4)) as mean_unit_count,
    cast(discount_share as numeric(18, 4)) as discount_share
from aggregated
