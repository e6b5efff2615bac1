{#
    What adds up over days comes from the days; customers, margin and lines do not, or are not there,
    and come from the month's cell.
#}
with

daily as (

    select
        source_name,
        {{ month_start("date_day") }} as month_start_date,
        cast(sum(order_count) as int) as order_count,
        cast(sum(new_customer_count) as int) as new_customer_count,
        cast(sum(unit_count) as bigint) as unit_count,
        cast(sum(gross_amount) as {{ money_type() }}) as gross_amount,
        cast(sum(discount_amount) as {{ money_type() }}) as discount_amount,
        cast(sum(net_revenue_amount) as {{ money_type() }}) as net_revenue_amount,
        cast(sum(returned_amount) as {{ money_type() }}) as returned_amount
    from {{ ref('sales_daily') }}
    group by source_name, {{ month_start("date_day") }}

),

returned as (

    select
        source_name,
        month_start_date,
        cast(sum(returned_goods_amount) as {{ money_type() }}) as returned_goods_amount
    from {{ ref('int_products__product_months') }}
    group by source_name, month_start_date

),

counted as (

    select
        daily.*,
        cells.gross_margin_amount,
        cells.costed_net_revenue_amount,
        coalesce(cells.customer_count, 0) as customer_count,
        cells.known_order_count - daily.new_customer_count as repeat_order_count,
        cells.known_order_count,
        cast(coalesce(returned.returned_goods_amount, 0) as {{ money_type() }})
            as returned_goods_amount
    from daily
    left join {{ ref('int_sales__order_months') }} as cells
        on
            daily.source_name = cells.source_name
            and daily.month_start_date = cells.month_start_date
            and cells.cut_name = 'all'
    left join returned
        on
            daily.source_name = returned.source_name
            and daily.month_start_date = returned.month_start_date

),

compared as (

    select
        months.*,
        month_before.customer_count as previous_month_customer_count,
        year_before.customer_count as previous_year_customer_count
    from counted as months
    left join counted as month_before
        on
            months.source_name = month_before.source_name
            and {{ add_months("months.month_start_date", -1) }} = month_before.month_start_date
    left join counted as year_before
        on
            months.source_name = year_before.source_name
            and {{ add_months("months.month_start_date", -12) }} = year_before.month_start_date

),

kpis as (

    select
        to_date.source_name,
        to_date.month_start_date,
        to_date.currency,
        to_date.is_complete,
        to_date.data_through_date,
        months.order_count,
        months.customer_count,
        months.new_customer_count,
        months.customer_count - months.new_customer_count as returning_customer_count,
        months.unit_count,
        months.gross_amount,
        months.discount_amount,
        months.net_revenue_amount,
        months.returned_amount,
        months.returned_goods_amount,
        months.gross_margin_amount,
        {{ ratio("months.gross_margin_amount", "months.costed_net_revenue_amount") }}
            as gross_margin_rate,
        {{ ratio("months.costed_net_revenue_amount", "months.net_revenue_amount") }}
            as costed_revenue_share,
        {{ ratio("months.net_revenue_amount", "months.order_count") }}
            as average_order_value_amount,
        {{ ratio("months.unit_count", "months.order_count") }} as units_per_order,
        {{ ratio("months.discount_amount", "months.gross_amount") }} as discount_share,
        {{ ratio("months.returned_goods_amount", "months.net_revenue_amount") }} as return_rate,
        {{ ratio("months.repeat_order_count", "months.known_order_count") }} as repeat_order_share,
        {{ ratio(
            "case when to_date.is_complete "
            ~ "then months.customer_count - months.previous_month_customer_count end",
            "months.previous_month_customer_count"
        ) }} as customer_count_change_on_previous_month,
        {{ ratio(
            "case when to_date.is_complete "
            ~ "then months.customer_count - months.previous_year_customer_count end",
            "months.previous_year_customer_count"
        ) }} as customer_count_change_on_previous_year,
        to_date.month_to_date_net_revenue_amount,
        to_date.previous_month_net_revenue_amount,
        to_date.net_revenue_change_on_previous_month,
        to_date.previous_year_net_revenue_amount,
        to_date.net_revenue_change_on_previous_year,
        to_date.year_to_date_net_revenue_amount,
        to_date.previous_year_to_date_net_revenue_amount,
        to_date.net_revenue_change_on_previous_year_to_date,
        to_date.month_to_date_order_count,
        to_date.previous_month_order_count,
        to_date.order_count_change_on_previous_month,
        to_date.previous_year_order_count,
        to_date.order_count_change_on_previous_year,
        to_date.year_to_date_order_count,
        to_date.previous_year_to_date_order_count,
        to_date.order_count_change_on_previous_year_to_date
    from compared as months
    inner join {{ ref('sales_to_date') }} as to_date
        on
            months.source_name = to_date.source_name
            and months.month_start_date = to_date.month_start_date

)

select * from kpis
