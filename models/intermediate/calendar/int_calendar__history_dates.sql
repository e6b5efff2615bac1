{#
    The as-of dates that history is told in: the first of each month and today. The spine's other
    days (label windows, extra days) come and go and would cut months into pieces.
#}
with

as_of_dates as (

    select
        source_name,
        as_of_date,
        is_today,
        cast({{ dbt.date_trunc("month", "as_of_date") }} as date) = as_of_date as is_month_first
    from {{ ref('int_calendar__as_of_dates') }}

)

select
    source_name,
    as_of_date,
    lag(as_of_date) over (partition by source_name order by as_of_date) as previous_as_of_date,
    cast({{ dbt.date_trunc("month", add_days("as_of_date", "-1")) }} as date) as month_start_date,
    is_month_first as is_month_complete,
    is_today
from as_of_dates
where is_month_first or is_today
