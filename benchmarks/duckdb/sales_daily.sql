-- Every day from the first event to the last, with or without sales.
create table sales_daily as
with

events as (

    select order_date as event_date from fct_orders
    union
    select return_date from fct_returns

),

days as (

    select cast(unnest(generate_series(min(event_date), max(event_date), interval 1 day)) as date)
        as date_day
    from events

),

sold as (

    select
        order_date,
        cast(count(*) as int) as order_count,
        cast(count(distinct customer_id) as int) as customer_count,
        cast(sum(case when customer_order_number = 1 and not is_guest then 1 else 0 end) as int)
            as new_customer_count,
        cast(sum(unit_count) as bigint) as unit_count,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(net_revenue_amount) as net_revenue_amount
    from fct_orders
    group by order_date

),

returned as (

    select return_date, sum(returned_amount) as returned_amount
    from fct_returns
    group by return_date

)

select
    'shop' as source_name,
    days.date_day,
    (select max(currency) from fct_orders) as currency,
    coalesce(sold.order_count, 0) as order_count,
    coalesce(sold.customer_count, 0) as customer_count,
    coalesce(sold.new_customer_count, 0) as new_customer_count,
    coalesce(sold.unit_count, 0) as unit_count,
    coalesce(sold.gross_amount, 0) as gross_amount,
    coalesce(sold.discount_amount, 0) as discount_amount,
    coalesce(sold.net_revenue_amount, 0) as net_revenue_amount,
    coalesce(returned.returned_amount, 0) as returned_amount
from days
left join sold on days.date_day = sold.order_date
left join returned on days.date_day = returned.return_date
