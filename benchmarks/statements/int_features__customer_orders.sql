-- Running totals once per order; then each as-of date takes those of the last order before it, and
-- adds up only the orders of the last 180 days.
with

numbered as (

    select
        *,
        lag(order_date) over customer_orders as previous_date,
        lead(order_date) over customer_orders as next_date
    from intermediate.int_sales__order_history
    window customer_orders as (partition by customer_id order by ordered_at, order_id)

),

running as (

    select
        source_name,
        customer_id,
        country,
        order_date,
        next_date,
        net_revenue_amount,
        min(order_date) over so_far as first_date,
        count(*) over so_far as order_count,
        count(case when previous_date is distinct from order_date then 1 end)
            over so_far as order_day_count,
        stddev_samp(days_since_previous_order) over so_far as stddev_days,
        sum(net_revenue_amount) over so_far as revenue,
        sum(line_count) over so_far as lines,
        sum(unit_count) over so_far as units,
        sum(discount_amount) over so_far as discount,
        sum(gross_amount) over so_far as gross
    from numbered
    window so_far as (
        partition by customer_id order by ordered_at, order_id
        rows between unbounded preceding and current row
    )

),

recent as (

    select
        as_of_dates.as_of_date,
        orders.customer_id,
        count(case when as_of_dates.as_of_date - orders.order_date <= 30 then 1 end) as orders_30,
        count(case when as_of_dates.as_of_date - orders.order_date <= 90 then 1 end) as orders_90,
        count(*) as orders_180,
        sum(case when as_of_dates.as_of_date - orders.order_date <= 90
            then orders.net_revenue_amount else 0 end) as revenue_90
    from intermediate.int_sales__order_history as orders
    inner join intermediate.int_calendar__as_of_dates as as_of_dates
        on
            orders.source_name = as_of_dates.source_name
            and as_of_dates.as_of_date > orders.order_date
            and as_of_dates.as_of_date <= orders.order_date + 180
    group by as_of_dates.as_of_date, orders.customer_id

)

select
    as_of_dates.as_of_date,
    orders.customer_id,
    orders.source_name,
    orders.country,
    as_of_dates.as_of_date - orders.order_date as days_since_last_order,
    as_of_dates.as_of_date - orders.first_date as days_since_first_order,
    cast(orders.order_count as int) as order_count,
    cast(orders.order_day_count as int) as order_day_count,
    cast(orders.order_day_count as int) - 1 as clv_repeat_order_count,
    orders.order_date - orders.first_date as clv_recency_days,
    cast(coalesce(recent.orders_30, 0) as int) as order_count_last_30_days,
    cast(coalesce(recent.orders_90, 0) as int) as order_count_last_90_days,
    cast(coalesce(recent.orders_180, 0) as int) as order_count_last_180_days,
    cast(
        (orders.order_date - orders.first_date)
        / cast(nullif(orders.order_day_count - 1, 0) as numeric(18, 4)) as numeric(18, 4)
    ) as mean_days_between_orders,
    cast(orders.stddev_days as numeric(18, 4)) as stddev_days_between_orders,
    cast(orders.revenue as numeric(18, 4)) as net_revenue_amount,
    cast(coalesce(recent.revenue_90, 0) as numeric(18, 4)) as net_revenue_last_90_days_amount,
    cast(orders.revenue / orders.order_count as numeric(18, 4)) as average_order_value_amount,
    orders.net_revenue_amount as last_order_value_amount,
    cast(orders.lines / cast(orders.order_count as numeric) as numeric(18, 4)) as mean_line_count,
    cast(orders.units / orders.order_count as numeric(18, 4)) as mean_unit_count,
    cast(orders.discount / nullif(orders.gross, 0) as numeric(18, 4)) as discount_share
from running as orders
inner join intermediate.int_calendar__as_of_dates as as_of_dates
    on
        orders.source_name = as_of_dates.source_name
        and as_of_dates.as_of_date > orders.order_date
        and (orders.next_date is null or as_of_dates.as_of_date <= orders.next_date)
left join recent
    on
        orders.customer_id = recent.customer_id
        and as_of_dates.as_of_date = recent.as_of_date
