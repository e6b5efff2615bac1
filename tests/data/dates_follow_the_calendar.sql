-- Three days that anyone can look up, and no gap between the first day and the last.
with

known_days as (

    select
        date_day,
        case
            when date_day = cast('2011-01-01' as date) then 6
            when date_day = cast('2024-02-29' as date) then 4
            when date_day = cast('2025-12-28' as date) then 7
        end as known_day_of_week,
        day_of_week,
        is_weekend,
        week_start_date,
        lag(date_day) over (order by date_day) as previous_day
    from {{ ref('dim_dates') }}

)

select *
from known_days
where
    day_of_week <> known_day_of_week
    or is_weekend <> (day_of_week in (6, 7))
    or {{ days_between("week_start_date", "date_day") }} <> day_of_week - 1
    or {{ days_between("previous_day", "date_day") }} <> 1
