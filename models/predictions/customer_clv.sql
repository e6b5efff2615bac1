with

{#- Not by customer_clv_months, which would work out all twelve months of everybody. #}
curve as (

    select *
    from ({{ latest_of_customers(ref('stg_ml__customer_clv_scores')) }}) as scores
    where horizon_months in (3, 6, 12)

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
    {%- for end in ["", "_lower", "_upper"] %}
    {%- set amount = "expected_net_revenue" ~ end ~ "_amount" %}
    cast(
        max(case when horizon_months = {{ months }} then {{ amount }} end) as {{ money_type() }}
    ) as clv_{{ months }}_months{{ end }}_amount,
    {%- endfor %}
    {%- endfor %}
    cast(max({{ expected_order_value() }}) as {{ money_type() }}) as expected_order_value_amount,
    max(model_name) as model_name,
    max(model_version) as model_version,
    max(run_id) as run_id,
    max(scored_at) as scored_at
from curve
group by customer_id, source_name, as_of_date
