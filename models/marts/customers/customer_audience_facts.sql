{{ config(materialized='view') }}
{#
    What the rules of audiences may speak of, at every day that history is told in: what the customer
    had done, and what was predicted of them, as of the day. A view: the history is kept, and the
    predictions of a day are looked up.
#}
with

days as (

    select * from {{ ref('customer_day_history') }}

),

customers as (

    select
        customer_id,
        source_name
    from {{ ref('dim_customers') }}

),

dates as (

    select * from {{ ref('int_calendar__history_dates') }}

),

scores as (

    {{ in_force(
        ref('customer_churn_history'),
        ["churn_probability", "churn_risk_band", "churn_reason_1"]
    ) }}

),

expectations as (

    {{ in_force(
        ref('customer_clv_history'), ["alive_probability", "clv_12_months_amount"]
    ) }}

)

select
    days.*,
    scores.churn_probability,
    scores.churn_risk_band,
    scores.churn_reason_1,
    expectations.alive_probability,
    expectations.clv_12_months_amount
from days
left join scores
    on
        days.customer_id = scores.customer_id
        and days.as_of_date = scores.as_of_date
        and scores.prediction_rank = 1
left join expectations
    on
        days.customer_id = expectations.customer_id
        and days.as_of_date = expectations.as_of_date
        and expectations.prediction_rank = 1
