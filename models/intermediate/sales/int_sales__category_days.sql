{{ config(materialized='view') }}
{#
    The products of a day added up by the category that they have today. Nothing in it is read twice, so
    that whoever asks for some days reads these alone: Postgres puts aside what is.
#}
with

categorised as (

    -- A shop that knows no category of any product has no such level.
    select source_name
    from {{ ref('int_products__products') }}
    where category is not null
    group by source_name

),

days as (

    select
        sold.source_name,
        sold.series_level,
        products.category,
        sold.order_date,
        sum(sold.net_revenue_amount) as net_revenue_amount,
        sum(sold.unit_count) as unit_count
    from {{ ref('int_sales__series_days') }} as sold
    left join {{ ref('int_products__products') }} as products
        on sold.series_level = 'product' and sold.series_key = products.product_id
    where sold.series_level = 'total' or products.category is not null
    group by sold.source_name, sold.series_level, products.category, sold.order_date

),

compared as (

    select
        *,
        sum(case when series_level = 'product' then net_revenue_amount else 0 end)
            over (partition by source_name, order_date) as known_net_revenue_amount,
        sum(case when series_level = 'product' then unit_count else 0 end)
            over (partition by source_name, order_date) as known_unit_count
    from days

),

categories as (

    -- What names no product, or one without a category: the total less what is known.
    select
        compared.source_name,
        compared.order_date,
        case when compared.series_level = 'total' then 'unknown' else compared.category end
            as series_key,
        case
            when compared.series_level = 'total'
                then compared.net_revenue_amount - compared.known_net_revenue_amount
            else compared.net_revenue_amount
        end as net_revenue_amount,
        case
            when compared.series_level = 'total'
                then compared.unit_count - compared.known_unit_count
            else compared.unit_count
        end as unit_count
    from compared
    inner join categorised on compared.source_name = categorised.source_name
    where
        compared.series_level = 'product'
        or compared.net_revenue_amount <> compared.known_net_revenue_amount
        or compared.unit_count <> compared.known_unit_count

)

select
    source_name,
    cast(series_key as {{ dbt.type_string() }}) as series_key,
    order_date,
    cast(sum(net_revenue_amount) as {{ money_type() }}) as net_revenue_amount,
    cast(sum(unit_count) as bigint) as unit_count
from categories
group by source_name, series_key, order_date
