-- Of every series whose days are written to the week's end, a week must be the sum of its days.
with

weeks as (

    select * from {{ ref('sales_forecast') }}
    where grain = 'week'

),

days as (

    select * from {{ ref('sales_forecast') }}
    where grain = 'day'

)

select
    weeks.source_name,
    weeks.series_level,
    weeks.series_key,
    weeks.target_date,
    max(weeks.forecast_amount) as week_amount,
    sum(days.forecast_amount) as days_amount
from weeks
inner join days
    on
        weeks.source_name = days.source_name
        and weeks.series_level = days.series_level
        and weeks.series_key = days.series_key
        and days.target_date between weeks.target_date and weeks.target_end_date
group by weeks.source_name, weeks.series_level, weeks.series_key, weeks.target_date
having count(*) = 7 and max(weeks.forecast_amount) <> sum(days.forecast_amount)
