{# Sales of goods in the last 12 complete months by the price of a piece before discount. #}
with

bands as (

    {{ bands(var("price_band_limits")) }}

),

sold as (

    select
        cells.source_name,
        cells.price_from_amount,
        cast(sum(cells.order_count) as int) as order_count,
        cast(sum(cells.unit_count) as bigint) as unit_count,
        cast(sum(cells.gross_amount) as {{ money_type() }}) as gross_amount,
        cast(sum(cells.discount_amount) as {{ money_type() }}) as discount_amount,
        cast(sum(cells.net_revenue_amount) as {{ money_type() }}) as net_revenue_amount
    from {{ ref('int_sales__price_band_months') }} as cells
    inner join {{ ref('int_calendar__current_months') }} as today
        on cells.source_name = today.source_name
    where
        cells.month_start_date >= today.window_start_date
        and cells.month_start_date < today.current_month_start_date
    group by cells.source_name, cells.price_from_amount

),

products as (

    -- A product counts once, in the band of its average price, so that bands add up.
    select
        source_name,
        {{ band_floor("average_unit_price_last_12_months_amount", var("price_band_limits")) }}
            as price_from_amount,
        cast(count(*) as int) as product_count
    from {{ ref('product_performance') }}
    where is_product and unit_count_last_12_months > 0
    group by
        source_name,
        {{ band_floor("average_unit_price_last_12_months_amount", var("price_band_limits")) }}

),

banded as (

    -- A product's average may lie in a band in which not one line was sold.
    select
        currencies.source_name,
        currencies.currency,
        bands.band_number as price_band_number,
        bands.band_name as price_band,
        bands.from_value as price_from_amount,
        bands.to_value as price_to_amount,
        coalesce(sold.order_count, 0) as order_count,
        coalesce(products.product_count, 0) as product_count,
        coalesce(sold.unit_count, 0) as unit_count,
        cast(coalesce(sold.gross_amount, 0) as {{ money_type() }}) as gross_amount,
        cast(coalesce(sold.discount_amount, 0) as {{ money_type() }}) as discount_amount,
        cast(coalesce(sold.net_revenue_amount, 0) as {{ money_type() }}) as net_revenue_amount
    from {{ ref('int_sales__currencies') }} as currencies
    cross join bands
    left join sold
        on
            currencies.source_name = sold.source_name
            and bands.from_value = sold.price_from_amount
    left join products
        on
            currencies.source_name = products.source_name
            and bands.from_value = products.price_from_amount
    where sold.order_count is not null or products.product_count is not null

),

shares as (

    select
        *,
        {{ ratio("net_revenue_amount", "sum(net_revenue_amount) over (partition by source_name)") }}
            as net_revenue_share,
        {{ ratio("unit_count", "sum(unit_count) over (partition by source_name)") }} as unit_share,
        {{ ratio("discount_amount", "gross_amount") }} as discount_share
    from banded

)

select * from shares
