{{ config(tags=['every_row']) }}
-- Point in time: the features of the newest closed as-of date are counted again from the facts,
-- by another way, with orders strictly before that date. One order of the day itself would show.
with

as_of_dates as (

    select
        source_name,
        max(as_of_date) as as_of_date
    from {{ ref('ftr_as_of_dates') }}
    where is_label_complete
    group by source_name

),

recounted as (

    select
        orders.customer_id,
        as_of_dates.as_of_date,
        count(*) as order_count,
        sum(orders.net_revenue_amount) as net_revenue_amount,
        max(orders.order_date) as last_order_date
    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('dim_customers') }} as customers
        on orders.customer_id = customers.customer_id and orders.currency = customers.currency
    inner join as_of_dates on customers.source_name = as_of_dates.source_name
    where orders.order_date < as_of_dates.as_of_date
    group by orders.customer_id, as_of_dates.as_of_date

),

features as (

    select features.*
    from {{ ref('ftr_customers') }} as features
    inner join as_of_dates
        on
            features.source_name = as_of_dates.source_name
            and features.as_of_date = as_of_dates.as_of_date

)

select
    coalesce(features.customer_id, recounted.customer_id) as customer_id,
    features.order_count,
    recounted.order_count as recounted_order_count,
    features.net_revenue_amount,
    recounted.net_revenue_amount as recounted_net_revenue_amount
from features
full outer join recounted
    on
        features.customer_id = recounted.customer_id
        and features.as_of_date = recounted.as_of_date
where
    features.customer_id is null
    or recounted.customer_id is null
    or features.order_count <> recounted.order_count
    or features.net_revenue_amount <> recounted.net_revenue_amount
    or {{ add_days("recounted.last_order_date", "features.days_since_last_order") }}
    <> features.as_of_date
