{#
    The months of one cut of int_sales__order_months as a mart, the cut under its own name. A value is
    there from its first month on, with zeros where nothing was sold, so that lines do not jump over gaps.
#}
{% macro sales_by_cut(cut_name) -%}
with

cells as (

    select * from {{ ref('int_sales__order_months') }}
    where cut_name = '{{ cut_name }}'

),

cut_values as (

    select
        source_name,
        cut_value,
        min(month_start_date) as first_month_start_date
    from cells
    group by source_name, cut_value

),

months as (

    select
        months.source_name,
        months.month_start_date,
        cut_values.cut_value as {{ cut_name }},
        months.currency,
        months.is_complete,
        months.net_revenue_amount as source_net_revenue_amount,
        coalesce(cells.order_count, 0) as order_count,
        coalesce(cells.customer_count, 0) as customer_count,
        coalesce(cells.unit_count, 0) as unit_count,
        cast(coalesce(cells.gross_amount, 0) as {{ money_type() }}) as gross_amount,
        cast(coalesce(cells.discount_amount, 0) as {{ money_type() }}) as discount_amount,
        cast(coalesce(cells.net_revenue_amount, 0) as {{ money_type() }}) as net_revenue_amount,
        cells.gross_margin_amount
    from {{ ref('kpi_monthly') }} as months
    inner join cut_values
        on
            months.source_name = cut_values.source_name
            and months.month_start_date >= cut_values.first_month_start_date
    left join cells
        on
            months.source_name = cells.source_name
            and months.month_start_date = cells.month_start_date
            and cut_values.cut_value = cells.cut_value

),

compared as (

    select
        months.*,
        cast(
            case when months.is_complete then year_before.net_revenue_amount end
            as {{ money_type() }}
        ) as previous_year_net_revenue_amount
    from months
    left join months as year_before
        on
            months.source_name = year_before.source_name
            and months.{{ cut_name }} = year_before.{{ cut_name }}
            and {{ add_months("months.month_start_date", -12) }} = year_before.month_start_date

),

shares as (

    select
        source_name,
        month_start_date,
        {{ cut_name }},
        currency,
        is_complete,
        order_count,
        customer_count,
        unit_count,
        gross_amount,
        discount_amount,
        net_revenue_amount,
        gross_margin_amount,
        {{ ratio("net_revenue_amount", "source_net_revenue_amount") }} as net_revenue_share,
        {{ ratio("net_revenue_amount", "order_count") }} as average_order_value_amount,
        previous_year_net_revenue_amount,
        {{ ratio(
            "net_revenue_amount - previous_year_net_revenue_amount",
            "previous_year_net_revenue_amount"
        ) }} as net_revenue_change_on_previous_year
    from compared

)

select * from shares
{%- endmacro %}
