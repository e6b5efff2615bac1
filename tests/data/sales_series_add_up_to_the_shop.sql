-- What forecasts learn from: countries, and categories where there are any, are all that was sold.
with

sums as (

    select
        source_name,
        series_level,
        sales_date,
        sum(net_revenue_amount) as net_revenue_amount
    from {{ ref('ftr_sales_daily') }}
    where series_level <> 'product'
    group by source_name, series_level, sales_date

)

select
    parts.source_name,
    parts.series_level,
    parts.sales_date
from sums as parts
inner join sums as whole
    on
        parts.source_name = whole.source_name
        and parts.sales_date = whole.sales_date
        and whole.series_level = 'total'
where parts.net_revenue_amount <> whole.net_revenue_amount
