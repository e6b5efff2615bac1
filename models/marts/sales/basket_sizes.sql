{# Every size is there in every month, with zeros, so that shares can be drawn over time. #}
with

bands as (

    {{ bands(var("basket_size_limits"), whole=true) }}

),

measures as (

    select 'products' as size_measure
    union all
    select 'units' as size_measure

),

counted as (

    select
        months.source_name,
        months.month_start_date,
        months.currency,
        months.is_complete,
        measures.size_measure,
        bands.band_number as size_number,
        bands.band_name as size_name,
        months.order_count as source_order_count,
        months.net_revenue_amount as source_net_revenue_amount,
        coalesce(cells.order_count, 0) as order_count,
        coalesce(cells.unit_count, 0) as unit_count,
        cast(coalesce(cells.net_revenue_amount, 0) as {{ money_type() }}) as net_revenue_amount
    from {{ ref('kpi_monthly') }} as months
    cross join measures
    cross join bands
    left join {{ ref('int_sales__basket_months') }} as cells
        on
            months.source_name = cells.source_name
            and months.month_start_date = cells.month_start_date
            and measures.size_measure = cells.size_measure
            and bands.from_value = cells.from_count

),

shares as (

    select
        source_name,
        month_start_date,
        currency,
        is_complete,
        size_measure,
        size_number,
        size_name,
        order_count,
        unit_count,
        net_revenue_amount,
        {{ ratio("order_count", "source_order_count") }} as order_share,
        {{ ratio("net_revenue_amount", "source_net_revenue_amount") }} as net_revenue_share,
        {{ ratio("net_revenue_amount", "order_count") }} as average_order_value_amount
    from counted

)

select * from shares
