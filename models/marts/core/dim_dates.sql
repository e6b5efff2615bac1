with

bounds as (

    select
        cast({{ dbt.date_trunc("year", "min(first_order_date)") }} as date) as first_date,
        max(last_order_date) as last_date
    from {{ ref('int_calendar__today') }}

),

numbers as (

    {{ dbt.generate_series(36525) }}

),

dates as (

    -- To the end of the year after the newest order, so that forecasts find their days.
    select {{ add_days("bounds.first_date", "cast(numbers.generated_number - 1 as int)") }} as date_day
    from bounds
    cross join numbers
    where cast(numbers.generated_number - 1 as int)
        <= {{ days_between("bounds.first_date", "bounds.last_date") }} + 731

),

bounded as (

    select dates.date_day
    from dates
    cross join bounds
    where extract(year from dates.date_day) <= extract(year from bounds.last_date) + 1

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
