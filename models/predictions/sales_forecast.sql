with

forecasts as (

    select * from {{ ref('stg_ml__sales_forecasts') }}

),

latest as (

    {{ latest_run(ref('stg_ml__sales_forecasts')) }}

),

currencies as (

    select
        source_name,
        max(currency) as currency
    from {{ ref('ftr_sales_calendar') }}
    group by source_name

),

products as (

    select
        product_id,
        product_name
    from {{ ref('dim_products') }}

)

select
    forecasts.source_name,
    forecasts.series_level,
    forecasts.series_key,
    case
        when forecasts.series_level = 'product'
            then coalesce(products.product_name, forecasts.series_key)
        else forecasts.series_key
    end as series_name,
    forecasts.grain,
    forecasts.target_date,
    forecasts.target_end_date,
    forecasts.horizon_days,
    currencies.currency,
    forecasts.forecast_amount,
    forecasts.lower_80_amount,
    forecasts.upper_80_amount,
    forecasts.lower_95_amount,
    forecasts.upper_95_amount,
    forecasts.series_kind,
    forecasts.method,
    forecasts.is_expected_open,
    forecasts.reason,
    forecasts.as_of_date,
    forecasts.model_name,
    forecasts.model_version,
    forecasts.run_id,
    forecasts.scored_at
from forecasts
inner join latest
    on forecasts.source_name = latest.source_name and forecasts.run_id = latest.run_id
left join currencies on forecasts.source_name = currencies.source_name
left join products
    on forecasts.series_level = 'product' and forecasts.series_key = products.product_id
