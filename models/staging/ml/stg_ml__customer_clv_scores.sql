select
    customer_id,
    source_name,
    as_of_date,
    horizon_months,
    expected_order_count,
    expected_net_revenue_amount,
    expected_net_revenue_lower_amount,
    expected_net_revenue_upper_amount,
    alive_probability,
    expected_next_order_date,
    model_name,
    model_version,
    run_id,
    scored_at
from {{ source('ml', 'customer_clv_scores') }}
