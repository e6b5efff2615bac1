{# Gaps and islands over the days that history is told in: a day without membership ends a span. #}
with

dates as (

    select
        source_name,
        as_of_date,
        row_number() over (partition by source_name order by as_of_date) as date_number,
        lag(as_of_date) over (partition by source_name order by as_of_date) as previous_as_of_date,
        lead(as_of_date) over (partition by source_name order by as_of_date) as next_as_of_date
    from {{ ref('int_calendar__history_dates') }}

),

numbered as (

    select
        members.audience_name,
        members.customer_id,
        members.source_name,
        members.as_of_date,
        members.is_today,
        dates.date_number - row_number() over (
            partition by members.audience_name, members.customer_id order by members.as_of_date
        ) as span_number
    from {{ ref('customer_audience_members') }} as members
    inner join dates
        on members.source_name = dates.source_name and members.as_of_date = dates.as_of_date

),

spans as (

    select
        audience_name,
        customer_id,
        source_name,
        min(as_of_date) as entered_date,
        max(as_of_date) as last_member_date,
        cast(max(case when is_today then 1 else 0 end) as int) = 1 as is_current
    from numbered
    group by audience_name, customer_id, source_name, span_number

)

select
    spans.audience_name,
    spans.customer_id,
    spans.source_name,
    entries.previous_as_of_date as entered_after_date,
    spans.entered_date,
    spans.last_member_date,
    exits.next_as_of_date as left_date,
    spans.is_current
from spans
inner join dates as entries
    on spans.source_name = entries.source_name and spans.entered_date = entries.as_of_date
inner join dates as exits
    on spans.source_name = exits.source_name and spans.last_member_date = exits.as_of_date
