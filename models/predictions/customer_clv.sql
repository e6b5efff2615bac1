with

curve as (

    select * from {{ ref('customer_clv_months') }}

)

select
    customer_id,
    source_name,
    as_of_date,
    max(alive_probability) as alive_probability,
    max(expected_next_order_date) as expected_next_order_date,
    {% for months in [3, 6, 12] %}
    max(case when horizon_months = {{ months }} then expected_order_count end)
        as expected_order_count_{{ months }}_months,
    cast(
        max(case when horizon_months = {{ months }} then clv_amount end) as {{ money_type() }}
    ) as clv_{{ months }}_months_amount,
    cast(
        max(case when horizon_months = {{ months }} then clv_lower_amount end) as {{ money_type() }}
    ) as clv_{{ months }}_months_lower_amount,
    cast(
        max(case when horizon_months = {{ months }} then clv_upper_amount end) as {{ money_type() }}
    ) as clv_{{ months }}_months_upper_amount,
    {% endfor %}
    cast(max(expected_order_value_amount) as {{ money_type() }}) as expected_order_value_amount,
    max(model_name) as model_name,
    max(model_version) as model_version,
    max(run_id) as run_id,
    max(scored_at) as scored_at
from curve
group by customer_id, source_name, as_of_date
