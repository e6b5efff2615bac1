-- To the cent, day by day and week by week: whoever adds up countries, categories or products must
-- find the forecast of the shop. Of products days reach 28 days, so their later days are not asked.
with

sums as (

    select
        source_name,
        series_level,
        grain,
        target_date,
        sum(forecast_amount) as forecast_amount
    from {{ ref('sales_forecast') }}
    group by source_name, series_level, grain, target_date

)

select
    parts.source_name,
    parts.series_level,
    parts.grain,
    parts.target_date,
    parts.forecast_amount,
    whole.forecast_amount as total_forecast_amount
from sums as parts
inner join sums as whole
    on
        parts.source_name = whole.source_name
        and parts.grain = whole.grain
        and parts.target_date = whole.target_date
        and whole.series_level = 'total'
where parts.series_level <> 'total' and parts.forecast_amount <> whole.forecast_amount
