with

segments as (

    {{ as_of_today(ref('int_customers__rfm_segments')) }}

),

currencies as (

    select * from {{ ref('int_sales__currencies') }}

)

select
    segments.customer_id,
    segments.source_name,
    segments.as_of_date,
    currencies.currency,
    segments.days_since_last_order,
    segments.order_count,
    segments.net_revenue_amount,
    segments.recency_score,
    segments.frequency_score,
    segments.monetary_score,
    segments.frequency_monetary_score,
    segments.rfm_segment,
    segments.value_tier,
    segments.rfm_persona,
    segments.recommended_action
from segments
left join currencies on segments.source_name = currencies.source_name
