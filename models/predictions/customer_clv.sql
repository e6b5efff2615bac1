{# The curve at three, six and twelve months. #}
select
    customer_id,
    source_name,
    as_of_date,
    alive_probability,
    expected_next_order_date,
    max(case when horizon_months = 3 then expected_order_count end)
        as expected_order_count_3_months,
    max(case when horizon_months = 3 then expected_net_revenue_amount end)
        as clv_3_months_amount,
    max(case when horizon_months = 3 then expected_net_revenue_lower_amount end)
        as clv_3_months_lower_amount,
    max(case when horizon_months = 3 then expected_net_revenue_upper_amount end)
        as clv_3_months_upper_amount,
    max(case when horizon_months = 6 then expected_order_count end)
        as expected_order_count_6_months,
    max(case when horizon_months = 6 then expected_net_revenue_amount end)
        as clv_6_months_amount,
    max(case when horizon_months = 6 then expected_net_revenue_lower_amount end)
        as clv_6_months_lower_amount,
    max(case when horizon_months = 6 then expected_net_revenue_upper_amount end)
        as clv_6_months_upper_amount,
    max(case when horizon_months = 12 then expected_order_count end)
        as expected_order_count_12_months,
    max(case when horizon_months = 12 then expected_net_revenue_amount end)
        as clv_12_months_amount,
    max(case when horizon_months = 12 then expected_net_revenue_lower_amount end)
        as clv_12_months_lower_amount,
    max(case when horizon_months = 12 then expected_net_revenue_upper_amount end)
        as clv_12_months_upper_amount,
    model_name,
    model_version,
    run_id,
    scored_at
from {{ ref('customer_clv_months') }}
where horizon_months in (3, 6, 12)
group by
    customer_id,
    source_name,
    as_of_date,
    alive_probability,
    expected_next_order_date,
    model_name,
    model_version,
    run_id,
    scored_at
