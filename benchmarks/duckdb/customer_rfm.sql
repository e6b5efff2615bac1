-- Quintile scores of those who bought, ties sharing the middle of their ranks, and their segment.
create table customer_rfm as
with

measured as (

    select
        source_name,
        customer_id,
        currency,
        (select max(order_date) + 1 from fct_orders) as as_of_date,
        cast((select max(order_date) + 1 from fct_orders) - cast(last_ordered_at as date) as int)
            as days_since_last_order,
        order_count,
        net_revenue_amount
    from dim_customers
    where order_count > 0

),

scored as (

    select
        *,
        cast(ceil(5.0 * (
            rank() over (order by days_since_last_order desc) - 1
            + count(*) over (partition by days_since_last_order) / 2.0
        ) / count(*) over ()) as int) as recency_score,
        cast(ceil(5.0 * (
            rank() over (order by order_count) - 1
            + count(*) over (partition by order_count) / 2.0
        ) / count(*) over ()) as int) as frequency_score,
        cast(ceil(5.0 * (
            rank() over (order by net_revenue_amount) - 1
            + count(*) over (partition by net_revenue_amount) / 2.0
        ) / count(*) over ()) as int) as monetary_score
    from measured

),

combined as (

    select
        *,
        cast(floor((frequency_score + monetary_score + 1) / 2.0) as int) as frequency_monetary_score
    from scored

)

select
    combined.customer_id,
    combined.source_name,
    combined.as_of_date,
    combined.currency,
    combined.days_since_last_order,
    combined.order_count,
    combined.net_revenue_amount,
    combined.recency_score,
    combined.frequency_score,
    combined.monetary_score,
    combined.frequency_monetary_score,
    segments.segment_name as rfm_segment
from combined
left join rfm_segments as segments
    on
        combined.recency_score = segments.recency_score
        and combined.frequency_monetary_score = segments.frequency_monetary_score
