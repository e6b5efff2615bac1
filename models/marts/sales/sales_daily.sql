with

event_days as (

    select
        source_name,
        currency,
        order_date as event_date
    from {{ ref('int_sales__order_days') }}

    union distinct

    select
        source_name,
        currency,
        return_date as event_date
    from {{ ref('fct_returns') }}

),

bounds as (

    select
        source_name,
        max(currency) as currency,
        min(event_date) as first_date,
        max(event_date) as last_date
    from event_days
    group by source_name

),

days as (

    select
        bounds.source_name,
        bounds.currency,
        dates.date_day
    from bounds
    inner join {{ ref('dim_dates') }} as dates
        on dates.date_day between bounds.first_date and bounds.last_date

),

orders as (

    select
        source_name,
        order_date,
        cast(sum(order_count) as int) as order_count,
        cast(sum(customer_count) as int) as customer_count,
        cast(sum(unit_count) as bigint) as unit_count,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(net_revenue_amount) as net_revenue_amount
    from {{ ref('int_sales__order_days') }}
    group by source_name, order_date

),

newcomers as (

    select
        source_name,
        first_order_date,
        cast(count(*) as int) as new_customer_count
    from {{ ref('int_sales__first_orders') }}
    group by source_name, first_order_date

),

returned as (

    select
        source_name,
        return_date,
        sum(returned_amount) as returned_amount
    from {{ ref('fct_returns') }}
    group by source_name, return_date

)

select
    days.source_name,
    days.date_day,
    days.currency,
    coalesce(orders.order_count, 0) as order_count,
    coalesce(orders.customer_count, 0) as customer_count,
    coalesce(newcomers.new_customer_count, 0) as new_customer_count,
    coalesce(orders.unit_count, 0) as unit_count,
    cast(coalesce(orders.gross_amount, 0) as {{ money_type() }}) as gross_amount,
    cast(coalesce(orders.discount_amount, 0) as {{ money_type() }}) as discount_amount,
    cast(coalesce(orders.net_revenue_amount, 0) as {{ money_type() }}) as net_revenue_amount,
    cast(coalesce(returned.returned_amount, 0) as {{ money_type() }}) as returned_amount
from days
left join orders
    on days.source_name = orders.source_name and days.date_day = orders.order_date
left join newcomers
    on days.source_name = newcomers.source_name and days.date_day = newcomers.first_order_date
left join returned
    on days.source_name = returned.source_name and days.date_day = returned.return_date
