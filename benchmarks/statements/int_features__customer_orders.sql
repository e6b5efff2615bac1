-- Running totals once per order; then each as-of date takes those of the last order before it, and
-- adds up only the orders of the last 180 days. Day and gap go in one number, whose extreme is the
-- gap of the newest (oldest) day.
with

running as (

    select
        source_name,
        customer_id,
        country,
        order_date,
        ordered_at,
        next_order_date,
        net_revenue_amount,
        min(order_date) over so_far as first_date,
        min(ordered_at) over so_far as first_ordered_at,
        count(*) over so_far as order_count,
        count(case when is_first_of_day then 1 end) over so_far as order_day_count,
        avg(extract(hour from ordered_at)) over so_far as mean_hour,
        avg(case when extract(isodow from order_date) >= 6 then 1.0 else 0.0 end)
            over so_far as weekend_share,
        stddev_samp(days_since_previous_order) over so_far as stddev_days,
        sum(cast(days_since_previous_order as bigint) * days_since_previous_order)
            over so_far as squared_days,
        max(
            (order_date - date '1900-01-01') * cast(100000 as bigint)
            + coalesce(days_since_previous_order, 0)
        ) over so_far as newest_day_and_gap,
        min(
            case
                when days_since_previous_order > 0
                    then
                        (order_date - date '1900-01-01') * cast(100000 as bigint)
                        + days_since_previous_order
            end
        ) over so_far as oldest_day_and_gap,
        sum(net_revenue_amount) over so_far as revenue,
        sum(gross_margin_amount) over so_far as margin,
        count(gross_margin_amount) over so_far as margin_count,
        count(case when line_count > 0 then 1 end) over so_far as goods_count,
        sum(case when gross_margin_amount is not null then net_revenue_amount end)
            over so_far as margin_revenue,
        sum(line_count) over so_far as lines,
        sum(unit_count) over so_far as units,
        sum(discount_amount) over so_far as discount,
        sum(gross_amount) over so_far as gross
    from intermediate.int_sales__order_history
    window so_far as (
        partition by customer_id order by ordered_at, order_id
        rows between unbounded preceding and current row
    )

),

recent as (

    select
        as_of_dates.as_of_date,
        orders.customer_id,
        count(case when as_of_dates.as_of_date - orders.order_date <= 7 then 1 end) as orders_7,
        count(case when as_of_dates.as_of_date - orders.order_date <= 30 then 1 end) as orders_30,
        count(case when as_of_dates.as_of_date - orders.order_date <= 60 then 1 end) as orders_60,
        count(case when as_of_dates.as_of_date - orders.order_date <= 90 then 1 end) as orders_90,
        count(case when as_of_dates.as_of_date - orders.order_date <= 120 then 1 end) as orders_120,
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
    orders.first_ordered_at,
    orders.ordered_at as last_ordered_at,
    cast(orders.order_count as int) as order_count,
    cast(orders.order_day_count as int) as order_day_count,
    cast(orders.order_day_count as int) - 1 as clv_repeat_order_count,
    orders.order_date - orders.first_date as clv_recency_days,
    cast(coalesce(recent.orders_7, 0) as int) as order_count_last_7_days,
    cast(coalesce(recent.orders_30, 0) as int) as order_count_last_30_days,
    cast(coalesce(recent.orders_60, 0) as int) as order_count_last_60_days,
    cast(coalesce(recent.orders_90, 0) as int) as order_count_last_90_days,
    cast(coalesce(recent.orders_120, 0) as int) as order_count_last_120_days,
    cast(coalesce(recent.orders_180, 0) as int) as order_count_last_180_days,
    cast(orders.mean_hour as numeric(18, 4)) as mean_order_hour,
    cast(orders.weekend_share as numeric(18, 4)) as weekend_order_share,
    cast(
        (orders.order_date - orders.first_date)
        / cast(nullif(orders.order_day_count - 1, 0) as numeric(18, 4)) as numeric(18, 4)
    ) as mean_days_between_orders,
    cast(orders.stddev_days as numeric(18, 4)) as stddev_days_between_orders,
    cast(orders.squared_days as bigint) as sum_squared_days_between_orders,
    cast(
        case when orders.order_day_count > 1 then mod(orders.newest_day_and_gap, 100000) end as int
    ) as days_between_last_orders,
    cast(mod(orders.oldest_day_and_gap, 100000) as int) as days_between_first_orders,
    cast(
        case when orders.margin_count = orders.goods_count then coalesce(orders.margin, 0) end
        as numeric(18, 4)
    ) as gross_margin_amount,
    cast(orders.gross as numeric(18, 4)) as gross_amount,
    cast(orders.discount as numeric(18, 4)) as discount_amount,
    cast(orders.margin as numeric(18, 4)) as known_gross_margin_amount,
    cast(orders.margin_revenue as numeric(18, 4)) as known_margin_net_revenue_amount,
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
        and (orders.next_order_date is null or as_of_dates.as_of_date <= orders.next_order_date)
left join recent
    on
        orders.customer_id = recent.customer_id
        and as_of_dates.as_of_date = recent.as_of_date
