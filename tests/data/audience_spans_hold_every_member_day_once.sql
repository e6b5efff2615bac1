{{ config(tags=['every_row']) }}
-- The spans of customer_audience_history are another way to write its member days: each day lies in
-- exactly one span, no span holds a day without membership, and today's members are the open spans.
with

dates as (

    select * from {{ ref('int_calendar__history_dates') }}

),

told as (

    select
        spans.audience_name,
        spans.customer_id,
        dates.as_of_date,
        spans.is_current and dates.is_today as is_today
    from {{ ref('customer_audience_history') }} as spans
    inner join dates
        on
            spans.source_name = dates.source_name
            and dates.as_of_date >= spans.entered_date
            and (spans.left_date is null or dates.as_of_date < spans.left_date)

),

both_ways as (

    select
        audience_name,
        customer_id,
        as_of_date,
        is_today,
        1 as told_count,
        0 as member_count
    from told
    union all
    select
        audience_name,
        customer_id,
        as_of_date,
        is_today,
        0 as told_count,
        1 as member_count
    from {{ ref('customer_audience_members') }}

)

select
    audience_name,
    customer_id,
    as_of_date,
    is_today
from both_ways
group by audience_name, customer_id, as_of_date, is_today
having sum(told_count) <> 1 or sum(member_count) <> 1
