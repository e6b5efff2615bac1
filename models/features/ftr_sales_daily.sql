{{ config(materialized='view') }}
with

series_days as (

    select
        sold.source_name,
        sold.series_level,
        sold.series_key,
        sold.order_date,
        sold.net_revenue_amount,
        sold.unit_count,
        sold.order_count,
        sold.last_order_minute
    from {{ ref('int_sales__series_days') }} as sold
    inner join {{ ref('int_calendar__today') }} as today
        on sold.source_name = today.source_name
    where sold.order_date < today.as_of_date

),

categories as (

    select
        sold.source_name,
        sold.series_key,
        sold.order_date,
        sold.net_revenue_amount,
        sold.unit_count
    from {{ ref('int_sales__category_days') }} as sold
    inner join {{ ref('int_calendar__today') }} as today
        on sold.source_name = today.source_name
    where sold.order_date < today.as_of_date

),

unioned as (

    select
        source_name,
        series_level,
        series_key,
        order_date,
        net_revenue_amount,
        unit_count,
        order_count,
        last_order_minute
    from series_days

    union all

    select
        source_name,
        'category' as series_level,
        series_key,
        order_date,
        net_revenue_amount,
        unit_count,
        null as order_count,
        null as last_order_minute
    from categories

)

select
    source_name,
    cast(series_level as {{ dbt.type_string() }}) as series_level,
    cast(series_key as {{ dbt.type_string() }}) as series_key,
    order_date as sales_date,
    cast(net_revenue_amount as {{ money_type() }}) as net_revenue_amount,
    cast(unit_count as bigint) as unit_count,
    cast(order_count as int) as order_count,
    cast(last_order_minute as int) as last_order_minute
from unioned
