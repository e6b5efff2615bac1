{{ config(tags=['every_row']) }}
-- The gaps that lifecycle states stand on come out of packed aggregates. Here they are counted
-- from the days with an order, one by one, as of today.
{%- set own_days = var("lifecycle_min_order_days") %}
with

order_days as (

    select distinct
        orders.source_name,
        orders.customer_id,
        orders.order_date
    from {{ ref('int_sales__order_history') }} as orders
    inner join {{ ref('int_calendar__today') }} as today on orders.source_name = today.source_name
    where orders.order_date < today.as_of_date

),

gaps as (

    select
        customer_id,
        order_date,
        lag(order_date) over (partition by customer_id order by order_date) as previous_order_date,
        row_number() over (partition by customer_id order by order_date) as day_number,
        count(*) over (partition by customer_id) as day_count
    from order_days

),

measured as (

    select
        *,
        {{ days_between("previous_order_date", "order_date") }} as gap_days
    from gaps

),

recounted as (

    select
        customer_id,
        max(day_count) as day_count,
        avg(gap_days) as typical_days,
        stddev_samp(gap_days) as spread_days,
        max(case when day_number = 2 then gap_days end) as first_gap_days,
        max(case when day_number > 1 and day_number = day_count then gap_days end) as last_gap_days,
        avg(case when day_number < day_count then gap_days end) as earlier_typical_days,
        stddev_samp(case when day_number < day_count then gap_days end) as earlier_spread_days
    from measured
    group by customer_id

),

known as (

    select
        rhythms.*,
        orders.days_between_first_orders
    from {{ ref('int_customers__rhythms') }} as rhythms
    inner join {{ ref('int_calendar__today') }} as today
        on rhythms.source_name = today.source_name and rhythms.as_of_date = today.as_of_date
    inner join {{ ref('int_features__customer_orders') }} as orders
        on rhythms.customer_id = orders.customer_id and rhythms.as_of_date = orders.as_of_date

)

select
    coalesce(known.customer_id, recounted.customer_id) as customer_id,
    recounted.typical_days,
    known.typical_days as known_typical_days,
    recounted.earlier_spread_days,
    known.earlier_spread_days as known_earlier_spread_days
from known
full outer join recounted on known.customer_id = recounted.customer_id
where
    known.customer_id is null
    or recounted.customer_id is null
    or coalesce(known.days_between_first_orders, 0) <> coalesce(recounted.first_gap_days, 0)
    or coalesce(known.last_gap_days, 0) <> coalesce(recounted.last_gap_days, 0)
    or (known.typical_days is null) <> (recounted.day_count < {{ own_days }})
    or (known.earlier_typical_days is null) <> (recounted.day_count - 1 < {{ own_days }})
    or abs(known.typical_days - recounted.typical_days) > 0.001
    or abs(known.spread_days - recounted.spread_days) > 0.001
    or abs(known.earlier_typical_days - recounted.earlier_typical_days) > 0.001
    or abs(known.earlier_spread_days - recounted.earlier_spread_days) > 0.001
