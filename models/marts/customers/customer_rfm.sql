with

today as (

    select * from {{ ref('int_calendar__today') }}

),

measured as (

    select
        orders.source_name,
        orders.customer_id,
        today.as_of_date,
        max(orders.currency) as currency,
        {{ days_between("max(orders.order_date)", "today.as_of_date") }} as days_since_last_order,
        cast(count(*) as int) as order_count,
        cast(sum(orders.net_revenue_amount) as {{ money_type() }}) as net_revenue_amount
    from {{ ref('int_sales__order_history') }} as orders
    inner join today on orders.source_name = today.source_name
    where orders.order_date < today.as_of_date
    group by orders.source_name, orders.customer_id, today.as_of_date

),

scored as (

    select
        *,
        {{ quintile_score("source_name", "days_since_last_order", "desc") }} as recency_score,
        {{ quintile_score("source_name", "order_count") }} as frequency_score,
        {{ quintile_score("source_name", "net_revenue_amount") }} as monetary_score
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
left join {{ ref('rfm_segments') }} as segments
    on
        combined.recency_score = segments.recency_score
        and combined.frequency_monetary_score = segments.frequency_monetary_score
