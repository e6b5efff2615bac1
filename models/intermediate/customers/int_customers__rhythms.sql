{{ config(
    materialized='view',
    meta={'restated_by': [['source_name, as_of_date', 'int_changes__score_dates']]}
) }}
{#
    The gaps between a customer's days with an order, now and as they were before the last order:
    whether that order ended a lapse is a question about the rhythm of then.
#}
{%- set own_days = var("lifecycle_min_order_days") %}
with

orders as (

    select
        orders.source_name,
        orders.as_of_date,
        orders.customer_id,
        orders.days_since_first_order,
        orders.days_since_last_order,
        orders.order_day_count,
        -- Null until the gaps are enough for a rhythm.
        case when orders.order_day_count >= {{ own_days }} then orders.order_day_count - 1 end
            as own_gap_count,
        case when orders.order_day_count > {{ own_days }} then orders.order_day_count - 2 end
            as own_earlier_gap_count,
        orders.clv_recency_days as gap_days,
        orders.sum_squared_days_between_orders as squared_gap_days,
        orders.days_between_last_orders as last_gap_days
    from {{ ref('int_features__customer_orders') }} as orders
    inner join {{ ref('int_calendar__history_dates') }} as history_dates
        on
            orders.source_name = history_dates.source_name
            and orders.as_of_date = history_dates.as_of_date

),

earlier as (

    select
        *,
        gap_days - last_gap_days as earlier_gap_days,
        squared_gap_days - cast(last_gap_days as bigint) * last_gap_days as earlier_squared_gap_days
    from orders

)

select
    source_name,
    as_of_date,
    customer_id,
    days_since_first_order,
    days_since_last_order,
    order_day_count,
    last_gap_days,
    {{ mean_gap("gap_days", "own_gap_count") }} as typical_days,
    {{ gap_spread("squared_gap_days", "gap_days", "own_gap_count") }} as spread_days,
    {{ mean_gap("earlier_gap_days", "own_earlier_gap_count") }} as earlier_typical_days,
    {{ gap_spread("earlier_squared_gap_days", "earlier_gap_days", "own_earlier_gap_count") }}
        as earlier_spread_days
from earlier
