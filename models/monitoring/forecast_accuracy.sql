{# How good past forecasts were, by how far ahead they looked; of versions and methods together. #}
with

outcomes as (

    select
        *,
        case
            when horizon_days <= 7 then '01-07'
            when horizon_days <= 14 then '08-14'
            when horizon_days <= 28 then '15-28'
            when horizon_days <= 56 then '29-56'
            else '57+'
        end as horizon_bucket,
        net_revenue_amount - forecast_amount as error_amount,
        -- A day on which the shop was told to be closed says nothing about the interval.
        coalesce(upper_80_amount > 0, false) as is_interval,
        net_revenue_amount >= lower_80_amount - 0.005
        and net_revenue_amount <= upper_80_amount + 0.005 as is_in_80,
        net_revenue_amount >= lower_95_amount - 0.005
        and net_revenue_amount <= upper_95_amount + 0.005 as is_in_95
    from {{ ref('forecast_outcomes') }}

)

select
    source_name,
    series_level,
    grain,
    horizon_bucket,
    model_name,
    model_version,
    cast(count(*) as int) as forecast_count,
    cast(count(distinct series_key) as int) as series_count,
    min(target_date) as first_target_date,
    max(target_date) as last_target_date,
    cast(sum(net_revenue_amount) as {{ money_type() }}) as net_revenue_amount,
    cast(sum(forecast_amount) as {{ money_type() }}) as forecast_amount,
    cast(avg(abs(error_amount)) as {{ money_type() }}) as mean_absolute_error_amount,
    cast(sum(abs(error_amount)) / nullif(sum(net_revenue_amount), 0) as numeric(18, 4)) as wape,
    cast(avg(
        case when is_interval and is_in_80 then 1.0 when is_interval then 0.0 end
    ) as numeric(18, 4)) as coverage_80,
    cast(avg(
        case when is_interval and is_in_95 then 1.0 when is_interval then 0.0 end
    ) as numeric(18, 4)) as coverage_95
from outcomes
group by source_name, series_level, grain, horizon_bucket, model_name, model_version
