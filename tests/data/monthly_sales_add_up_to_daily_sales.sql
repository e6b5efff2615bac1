{{ config(tags=['every_row']) }}
-- The months, and each cut of them, are the days added up: none is missing and none is there twice.
with

daily as (

    select
        source_name,
        sum(order_count) as order_count,
        sum(net_revenue_amount) as net_revenue_amount,
        sum(returned_amount) as returned_amount
    from {{ ref('sales_daily') }}
    group by source_name

),

products as (

    select
        source_name,
        net_revenue_amount,
        returned_amount
    from {{ ref('product_performance') }}

    union all

    select
        source_name,
        net_revenue_amount,
        returned_amount
    from {{ ref('int_products__product_months') }}
    where product_id is null

),

monthly as (

    select
        source_name,
        'kpi_monthly' as mart,
        sum(order_count) as order_count,
        sum(net_revenue_amount) as net_revenue_amount,
        sum(returned_amount) as returned_amount
    from {{ ref('kpi_monthly') }}
    group by source_name

    union all

    select
        source_name,
        'sales_by_country' as mart,
        sum(order_count) as order_count,
        sum(net_revenue_amount) as net_revenue_amount,
        null as returned_amount
    from {{ ref('sales_by_country') }}
    group by source_name

    union all

    select
        source_name,
        'sales_by_channel' as mart,
        sum(order_count) as order_count,
        sum(net_revenue_amount) as net_revenue_amount,
        null as returned_amount
    from {{ ref('sales_by_channel') }}
    group by source_name

    union all

    -- Both measures of an order's size count every order.
    select
        source_name,
        'basket_sizes' as mart,
        sum(order_count) / 2 as order_count,
        sum(net_revenue_amount) / 2 as net_revenue_amount,
        null as returned_amount
    from {{ ref('basket_sizes') }}
    group by source_name

    union all

    -- Some shops name no products.
    select
        source_name,
        'product_performance' as mart,
        null as order_count,
        sum(net_revenue_amount) as net_revenue_amount,
        sum(returned_amount) as returned_amount
    from products
    group by source_name

)

select
    monthly.mart,
    daily.source_name,
    daily.order_count,
    monthly.order_count as mart_order_count,
    daily.net_revenue_amount,
    monthly.net_revenue_amount as mart_net_revenue_amount,
    daily.returned_amount,
    monthly.returned_amount as mart_returned_amount
from daily
left join monthly on daily.source_name = monthly.source_name
where
    monthly.mart is null
    or daily.order_count <> monthly.order_count
    or daily.net_revenue_amount <> monthly.net_revenue_amount
    or daily.returned_amount <> monthly.returned_amount
