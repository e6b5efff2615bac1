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

),

compared as (

    select
        *,
        -- Beside each other by a window: of a sum Postgres expects few rows, and held each day
        -- against every other when it was joined with itself.
        max(case when series_level = 'total' then net_revenue_amount end)
            over (partition by source_name, sales_date) as total_net_revenue_amount
    from sums

)

select *
from compared
where net_revenue_amount is distinct from total_net_revenue_amount
