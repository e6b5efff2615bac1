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

-- Scores of an id that a merge retired are those of the customer it became.
scores as (

    select
        customers.customer_id,
        dates.as_of_date,
        scored.churn_probability,
        scored.churn_risk_band,
        scored.churn_reason_1,
        row_number() over (
            partition by customers.customer_id, dates.as_of_date
            order by
                case when scored.customer_id = customers.customer_id then 0 else 1 end asc,
                scored.as_of_date desc,
                scored.customer_id asc
        ) as score_rank
    from {{ ref('customer_churn_history') }} as scored
    inner join {{ ref('int_identity__customers') }} as linked
        on scored.customer_id = linked.account_id
    inner join customers on linked.customer_id = customers.customer_id
    inner join dates
        on
            customers.source_name = dates.source_name
            and dates.as_of_date >= scored.as_of_date
            and dates.as_of_date < scored.valid_until_date

),

-- In the same way, what was expected of them.
expectations as (

    select
        customers.customer_id,
        dates.as_of_date,
        valued.alive_probability,
        valued.clv_12_months_amount,
        row_number() over (
            partition by customers.customer_id, dates.as_of_date
            order by
                case when valued.customer_id = customers.customer_id then 0 else 1 end asc,
                valued.as_of_date desc,
                valued.customer_id asc
        ) as value_rank
    from {{ ref('customer_clv_history') }} as valued
    inner join {{ ref('int_identity__customers') }} as linked
        on valued.customer_id = linked.account_id
    inner join customers on linked.customer_id = customers.customer_id
    inner join dates
        on
            customers.source_name = dates.source_name
            and dates.as_of_date >= valued.as_of_date
            and dates.as_of_date < valued.valid_until_date

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
        and scores.score_rank = 1
left join expectations
    on
        days.customer_id = expectations.customer_id
        and days.as_of_date = expectations.as_of_date
        and expectations.value_rank = 1
