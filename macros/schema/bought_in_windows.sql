{#
    What the customers of today's identity bought in the windows of runs, as a CTE body: summed up
    before it is joined to scores, since most customers buy nothing in most windows.
#}
{% macro bought_in_windows(runs) -%}
    select
        windows.source_name,
        windows.as_of_date,
        windows.window_end_date,
        orders.customer_id,
        cast(count(*) as int) as order_count,
        sum(orders.net_revenue_amount) as net_revenue_amount
    from (select distinct source_name, as_of_date, window_end_date from {{ runs }}) as windows
    inner join {{ ref('int_sales__order_history') }} as orders
        on
            windows.source_name = orders.source_name
            and orders.order_date >= windows.as_of_date
            and orders.order_date < windows.window_end_date
    group by
        windows.source_name,
        windows.as_of_date,
        windows.window_end_date,
        orders.customer_id
{%- endmacro %}
