{#
    What may be lost is what is still expected, never what was spent: without a prediction of it the
    amount is null, and a reason stands beside it.
#}
with

churn as (

    select * from {{ ref('customer_churn') }}

),

clv as (

    select * from {{ ref('customer_clv') }}

),

expected as (

    select * from {{ ref('customer_expected_value') }}

),

valued_shops as (

    select distinct source_name from clv

),

today as (

    select
        source_name,
        as_of_date
    from {{ ref('ftr_as_of_dates') }}
    where is_today

),

past as (

    select
        ftr_customers.customer_id,
        ftr_customers.source_name,
        ftr_customers.as_of_date,
        ftr_customers.country,
        ftr_customers.net_revenue_last_90_days_amount
    from {{ ref('ftr_customers') }} as ftr_customers
    inner join today
        on
            ftr_customers.source_name = today.source_name
            and ftr_customers.as_of_date = today.as_of_date

)

select
    past.customer_id,
    past.source_name,
    nullif(past.country, 'unknown') as country,
    past.as_of_date,
    churn.as_of_date as churn_as_of_date,
    churn.horizon_days as churn_horizon_days,
    churn.churn_probability,
    churn.churn_risk_band,
    clv.as_of_date as clv_as_of_date,
    expected.expected_net_revenue_amount,
    cast(clv.clv_12_months_amount as {{ money_type() }}) as clv_12_months_amount,
    past.net_revenue_last_90_days_amount,
    cast(
        churn.churn_probability * expected.expected_net_revenue_amount as {{ money_type() }}
    ) as revenue_at_risk_amount,
    case
        when churn.customer_id is null then 'no churn score'
        when valued_shops.source_name is null then 'no expected value: the shop has none'
        when clv.customer_id is null then 'no expected value: the customer has none'
        when expected.customer_id is null then 'no expected value: it does not reach so far'
    end as revenue_at_risk_missing_reason
from past
left join churn on past.customer_id = churn.customer_id
left join clv on past.customer_id = clv.customer_id
left join expected on past.customer_id = expected.customer_id
left join valued_shops on past.source_name = valued_shops.source_name
where churn.customer_id is not null or clv.customer_id is not null
