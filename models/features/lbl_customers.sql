with

as_of_dates as (

    -- Only windows that are over: a label from an open window would call the undecided churned.
    select * from {{ ref('int_calendar__as_of_dates') }}
    where is_label_complete

),

orders as (

    select * from {{ ref('int_sales__order_history') }}

),

-- Everyone whom a feature row describes: at least one order strictly before the as-of date.
population as (

    select
        as_of_dates.as_of_date,
        as_of_dates.label_end_date,
        as_of_dates.source_name,
        orders.customer_id
    from as_of_dates
    inner join orders
        on
            as_of_dates.source_name = orders.source_name
            and orders.order_date < as_of_dates.as_of_date
    group by
        as_of_dates.as_of_date, as_of_dates.label_end_date, as_of_dates.source_name,
        orders.customer_id

),

outcomes as (

    select
        population.as_of_date,
        population.label_end_date,
        population.customer_id,
        population.source_name,
        cast(count(orders.order_id) as int) as future_order_count,
        coalesce(sum(orders.net_revenue_amount), 0) as future_net_revenue_amount
    from population
    left join orders
        on
            population.customer_id = orders.customer_id
            and orders.order_date >= population.as_of_date
            and orders.order_date < population.label_end_date
    group by
        population.as_of_date, population.label_end_date, population.customer_id,
        population.source_name

)

select
    as_of_date,
    customer_id,
    source_name,
    {{ var("churn_horizon_days") }} as horizon_days,
    label_end_date,
    future_order_count,
    cast(future_net_revenue_amount as {{ money_type() }}) as future_net_revenue_amount,
    future_order_count = 0 as is_churned
from outcomes
