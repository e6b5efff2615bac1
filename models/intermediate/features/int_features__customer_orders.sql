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
            {#- A day needs everybody's orders: Postgres expects a third, and goes by the index. #}
            and {{ days_between("orders.order_date", "as_of_dates.as_of_date") ~ " > 0"
                if is_incremental() else "orders.order_date < as_of_dates.as_of_date" }}
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
        min(ordered_at) as first_ordered_at,
        max(ordered_at) as last_ordered_at,
        cast(count(*) as int) as order_count,
        cast(sum(case when is_first_of_day then 1 else 0 end) as int) as order_day_count,
        cast(sum(case when age_days <= 7 then 1 else 0 end) as int) as order_count_last_7_days,
        cast(sum(case when age_days <= 30 then 1 else 0 end) as int) as order_count_last_30_days,
        cast(sum(case when age_days <= 60 then 1 else 0 end) as int) as order_count_last_60_days,
        cast(sum(case when age_days <= 90 then 1 else 0 end) as int) as order_count_last_90_days,
        cast(sum(case when age_days <= 120 then 1 else 0 end) as int) as order_count_last_120_days,
        cast(sum(case when age_days <= 180 then 1 else 0 end) as int) as order_count_last_180_days,
        avg(extract(hour from ordered_at)) as mean_order_hour,
        avg(case when {{ day_of_week("order_date") }} >= 6 then 1.0 else 0.0 end)
            as weekend_order_share,
        cast(stddev_samp(days_since_previous_order) as numeric(18, 4))
            as stddev_days_between_orders,
        -- Orders of one day follow each other after 0 days, so these are gaps between days.
        cast(sum(cast(days_since_previous_order as bigint) * days_since_previous_order) as bigint)
            as sum_squared_days_between_orders,
        -- Age and gap in one number: its extreme is the gap of the newest (oldest) day with one.
        min(age_days * cast(100000 as bigint) - coalesce(days_since_previous_order, 0))
            as newest_age_and_gap,
        max(
            case
                when days_since_previous_order > 0
                    then age_days * cast(100000 as bigint) + days_since_previous_order
            end
        ) as oldest_age_and_gap,
        -- Unknown as soon as the margin of one order with goods is.
        case
            when count(gross_margin_amount) = sum(case when line_count > 0 then 1 else 0 end)
                then coalesce(sum(gross_margin_amount), 0)
        end as gross_margin_amount,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(gross_margin_amount) as known_gross_margin_amount,
        sum(case when gross_margin_amount is not null then net_revenue_amount end)
            as known_margin_net_revenue_amount,
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
    first_ordered_at,
    last_ordered_at,
    order_count,
    order_day_count,
    order_day_count - 1 as clv_repeat_order_count,
    days_since_first_order - days_since_last_order as clv_recency_days,
    order_count_last_7_days,
    order_count_last_30_days,
    order_count_last_60_days,
    order_count_last_90_days,
    order_count_last_120_days,
    order_count_last_180_days,
    cast(mean_order_hour as numeric(18, 4)) as mean_order_hour,
    cast(weekend_order_share as numeric(18, 4)) as weekend_order_share,
    cast(
        (days_since_first_order - days_since_last_order)
        / cast(nullif(order_day_count - 1, 0) as numeric(18, 4)) as numeric(18, 4)
    ) as mean_days_between_orders,
    stddev_days_between_orders,
    sum_squared_days_between_orders,
    cast(
        case
            when order_day_count > 1
                then days_since_last_order * cast(100000 as bigint) - newest_age_and_gap
        end as int
    ) as days_between_last_orders,
    cast(mod(oldest_age_and_gap, 100000) as int) as days_between_first_orders,
    cast(gross_margin_amount as {{ money_type() }}) as gross_margin_amount,
    cast(gross_amount as {{ money_type() }}) as gross_amount,
    cast(discount_amount as {{ money_type() }}) as discount_amount,
    cast(known_gross_margin_amount as {{ money_type() }}) as known_gross_margin_amount,
    cast(known_margin_net_revenue_amount as {{ money_type() }}) as known_margin_net_revenue_amount,
    cast(net_revenue_amount as {{ money_type() }}) as net_revenue_amount,
    cast(net_revenue_last_90_days_amount as {{ money_type() }}) as net_revenue_last_90_days_amount,
    cast(average_order_value_amount as {{ money_type() }}) as average_order_value_amount,
    cast(last_order_value_amount as {{ money_type() }}) as last_order_value_amount,
    cast(mean_line_count as numeric(18, 4)) as mean_line_count,
    cast(mean_unit_count as numeric(18, 4)) as mean_unit_count,
    cast(discount_share as numeric(18, 4)) as discount_share
from aggregated
-- Date by date, for those who read or replace one.
order by as_of_date
