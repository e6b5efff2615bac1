with

event_days as (

    select order_date as event_date from {{ ref('int_sales__order_days') }}
    union distinct
    select return_date as event_date from {{ ref('int_sales__returns') }}

),

bounds as (

    select
        cast({{ dbt.date_trunc("year", "min(event_date)") }} as date) as first_date,
        max(event_date) as last_date
    from event_days

),

numbers as (

    {{ number_spine(36525) }}

),

dates as (

    -- To the end of the year after the newest event, so that forecasts find their days.
    select
        bounds.last_date,
        {{ add_days("bounds.first_date", "cast(numbers.generated_number - 1 as int)") }} as date_day
    from bounds
    cross join numbers
    where
        cast(numbers.generated_number - 1 as int)
        <= {{ days_between("bounds.first_date", "bounds.last_date") }} + 731

),

bounded as (

    select date_day
    from dates
    where extract(year from date_day) <= extract(year from last_date) + 1

)

select
    date_day,
    cast(extract(year from date_day) as int) as calendar_year,
    cast(extract(quarter from date_day) as int) as calendar_quarter,
    cast(extract(month from date_day) as int) as calendar_month,
    cast(extract(day from date_day) as int) as day_of_month,
    {{ day_of_week("date_day") }} as day_of_week,
    {{ day_of_week("date_day") }} >= 6 as is_weekend,
    cast({{ dbt.date_trunc("week", "date_day") }} as date) as week_start_date,
    cast({{ dbt.date_trunc("month", "date_day") }} as date) as month_start_date
from bounded
