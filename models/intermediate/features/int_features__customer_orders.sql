with

as_of_dates as (

    select * from {{ ref('int_calendar__as_of_dates') }}

),

-- Strictly before the as-of date: an order placed on the day itself is the future.
past_orders as (

    select
        as_of_dates.as_of_date,
        orders.*,
        {{ days_between("orders.order_date", "as_of_dates.as_of_date") }} as age_days,
        row_number() over (
            partition by as_of_dates.as_of_date, orders.customer_id
            order by orders.ordered_at desc, orders.order_id desc
        ) as recency_rank
    from {{ ref('int_sales__order_history') }} as orders
    inner join as_of_dates
        on
            orders.source_name = as_of_dates.source_name
            and orders.order_date < as_of_dates.as_of_date

),

aggregated as (

    select
        as_of_date,
        customer_id,
        source_name,
        max(case when recency_rank = 1 then country end) as country,
        min(age_days) as days_since_last_order,
        max(age_days) as days_since_first_order,
        cast(count(*) as int) as order_count,
        cast(count(distinct order_date) as int) as order_day_count,
        cast(sum(case when age_days <= 30 then 1 else 0 end) as int) as order_count_last_30_days,
        cast(sum(case when age_days <= 90 then 1 else 0 end) as int) as order_count_last_90_days,
        cast(sum(case when age_days <= 180 then 1 else 0 end) as int) as order_count_last_180_days,
        cast(stddev_samp(days_since_previous_order) as numeric(18, 4))
            as stddev_days_between_orders,
        -- Orders of one day follow each other after 0 days, so these are gaps between days.
        cast(sum(cast(days_since_previous_order as bigint) * days_since_previous_order) as bigint)
            as sum_squared_days_between_orders,
        -- Age and gap in one number: its extreme is the gap of the newest (oldest) day with one.
        min(age_days * cast(100000 as bigint) - coalesce(days_since_previous_order, 0))
            as newest_age_and_gap,
        max(
            case
                when days_since_previous_order > 0
                    then age_days * cast(100000 as bigint) + days_since_previous_order
            end
        ) as oldest_age_and_gap,
        -- Unknown as soon as the margin of one order with goods is.
        case
            when count(gross_margin_amount) = sum(case when line_count > 0 then 1 else 0 end)
                then coalesce(sum(gross_margin_amount), 0)
        end as gross_margin_amount,
        sum(gross_margin_amount) as known_gross_margin_amount,
        sum(case when gross_margin_amount is not null then net_revenue_amount end)
            as known_margin_net_revenue_amount,
        sum(net_revenue_amount) as net_revenue_amount,
        sum(case when age_days <= 90 then net_revenue_amount else 0 end)
            as net_revenue_last_90_days_amount,
        avg(net_revenue_amount) as average_order_value_amount,
        sum(case when recency_rank = 1 then net_revenue_amount else 0 end)
            as last_order_value_amount,
        avg(line_count) as mean_line_count,
        avg(unit_count) as mean_unit_count,
        sum(discount_amount) / nullif(sum(gross_amount), 0) as discount_share
    from past_orders
    group by as_of_date, customer_id, source_name

)

select
    as_of_date,
    customer_id,
    source_name,
    country,
    days_since_last_order,
    days_since_first_order,
    order_count,
    order_day_count,
    order_day_count - 1 as clv_repeat_order_count,
    days_since_first_order - days_since_last_order as clv_recency_days,
    order_count_last_30_days,
    order_count_last_90_days,
    order_count_last_180_days,
    cast(
        (days_since_first_order - days_since_last_order)
        / cast(nullif(order_day_count - 1, 0) as numeric(18, 4)) as numeric(18, 4)
    ) as mean_days_between_orders,
    stddev_days_between_orders,
    sum_squared_days_between_orders,
    cast(
        case
            when order_day_count > 1
                then days_since_last_order * cast(100000 as bigint) - newest_age_and_gap
        end as int
    ) as days_between_last_orders,
    cast(mod(oldest_age_and_gap, 100000) as int) as days_between_first_orders,
    cast(gross_margin_amount as {{ money_type() }}) as gross_margin_amount,
    cast(known_gross_margin_amount as {{ money_type() }}) as known_gross_margin_amount,
    cast(known_margin_net_revenue_amount as {{ money_type() }}) as known_margin_net_revenue_amount,
    cast(net_revenue_amount as {{ money_type() }}) as net_revenue_amount,
    cast(net_revenue_last_90_days_amount as {{ money_type() }}) as net_revenue_last_90_days_amount,
    cast(average_order_value_amount as {{ money_type() }}) as average_order_value_amount,
    cast(last_order_value_amount as {{ money_type() }}) as last_order_value_amount,
    cast(mean_line_count as numeric(18, 4)) as mean_line_count,
    cast(mean_unit_count as numeric(18, 4)) as mean_unit_count,
    cast(discount_share as numeric(18, 4)) as discount_share
from aggregated
