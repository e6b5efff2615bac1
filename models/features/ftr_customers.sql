{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [
        ['source_name, as_of_date', 'int_changes__as_of_dates'],
        ['customer_id, as_of_date', 'int_changes__customer_dates']
    ]},
    indexes=[{'columns': ['as_of_date', 'source_name']}, {'columns': ['customer_id']}]
) }}
{%- set changed_dates = ref('int_changes__as_of_dates') %}
{%- set changed_customers = ref('int_changes__customer_dates') %}
with

customers as (

    select * from {{ ref('int_customers__customers') }}

),

orders as (

    {% set all_orders = ref('int_features__customer_orders') %}
    select * from {{ all_orders }}
    {% if is_incremental() %}
    where {{ in_slices(
        "source_name", "as_of_date", "select source_name, as_of_date from " ~ changed_dates
    ) }}
    union all
    select * from {{ all_orders }}
    where (customer_id, as_of_date) in (
        select
            customer_id,
            as_of_date
        from {{ changed_customers }}
    )
    {% endif %}

),

returned as (

    select * from {{ ref('int_features__customer_returns') }}

),

reviews as (

    select * from {{ ref('int_features__customer_reviews') }}

)

select
    orders.as_of_date,
    orders.customer_id,
    orders.source_name,
    coalesce(orders.country, 'unknown') as country,
    coalesce(customers.acquisition_channel, 'unknown') as acquisition_channel,
    orders.days_since_last_order,
    orders.days_since_first_order,
    orders.order_count,
    orders.order_day_count,
    orders.clv_repeat_order_count,
    orders.clv_recency_days,
    orders.order_count_last_7_days,
    orders.order_count_last_30_days,
    orders.order_count_last_60_days,
    orders.order_count_last_90_days,
    orders.order_count_last_120_days,
    orders.order_count_last_180_days,
    orders.mean_order_hour,
    orders.weekend_order_share,
    orders.days_between_last_orders,
    orders.mean_days_between_orders,
    orders.stddev_days_between_orders,
    -- Above 1: later than this customer's own rhythm.
    cast(
        orders.days_since_last_order / nullif(orders.mean_days_between_orders, 0)
        as numeric(18, 4)
    ) as overdue_ratio,
    orders.net_revenue_amount,
    orders.net_revenue_last_90_days_amount,
    orders.average_order_value_amount,
    orders.last_order_value_amount,
    orders.mean_line_count,
    orders.mean_unit_count,
    orders.discount_share,
    coalesce(returned.return_count, 0) as return_count,
    cast(coalesce(returned.returned_amount, 0) as {{ money_type() }}) as returned_amount,
    -- Null and not 0 without a review: in a shop without reviews these are no features then.
    reviews.review_count,
    reviews.low_rating_count,
    reviews.mean_rating,
    reviews.days_since_last_review
from orders
left join returned
    on orders.customer_id = returned.customer_id and orders.as_of_date = returned.as_of_date
left join reviews
    on orders.customer_id = reviews.customer_id and orders.as_of_date = reviews.as_of_date
left join customers on orders.customer_id = customers.customer_id
-- Date by date, for those who read or replace one.
order by orders.as_of_date
