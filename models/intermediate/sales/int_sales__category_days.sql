{{ config(materialized='view') }}
{# The products of a day added up by the category that they have today. #}
with

days as (

    select * from {{ ref('int_sales__series_days') }}

),

categorised as (

    -- A shop that knows no category of any product has no such level.
    select source_name
    from {{ ref('int_products__products') }}
    where category is not null
    group by source_name

),

known_categories as (

    select
        days.source_name,
        products.category as series_key,
        days.order_date,
        days.net_revenue_amount,
        days.unit_count
    from days
    inner join {{ ref('int_products__products') }} as products
        on days.series_key = products.product_id
    where days.series_level = 'product' and products.category is not null

),

known_days as (

    select
        source_name,
        order_date,
        sum(net_revenue_amount) as net_revenue_amount,
        sum(unit_count) as unit_count
    from known_categories
    group by source_name, order_date

),

categories as (

    select
        source_name,
        series_key,
        order_date,
        net_revenue_amount,
        unit_count
    from known_categories

    union all

    -- What names no product, or one without a category: the total less what is known.
    select
        days.source_name,
        'unknown' as series_key,
        days.order_date,
        days.net_revenue_amount - coalesce(known.net_revenue_amount, 0) as net_revenue_amount,
        days.unit_count - coalesce(known.unit_count, 0) as unit_count
    from days
    inner join categorised on days.source_name = categorised.source_name
    left join known_days as known
        on days.source_name = known.source_name and days.order_date = known.order_date
    where
        days.series_level = 'total'
        and (
            days.net_revenue_amount <> coalesce(known.net_revenue_amount, 0)
            or days.unit_count <> coalesce(known.unit_count, 0)
        )

)

select
    source_name,
    cast(series_key as {{ dbt.type_string() }}) as series_key,
    order_date,
    cast(sum(net_revenue_amount) as {{ money_type() }}) as net_revenue_amount,
    cast(sum(unit_count) as bigint) as unit_count
from categories
group by source_name, series_key, order_date
