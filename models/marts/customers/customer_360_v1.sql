{{ config(indexes=[{'columns': ['customer_id'], 'unique': true}, {'columns': ['source_name']}]) }}
{#
    Whole every day, so nothing here reads orders or order lines: lifetime facts are today's slice of
    point-in-time models, favourites and events come from monthly cells.
#}
with

customers as (

    select
        customers.*,
        today.as_of_date,
        currencies.currency as shop_currency
    from {{ ref('dim_customers') }} as customers
    left join {{ ref('int_calendar__today') }} as today
        on customers.source_name = today.source_name
    left join {{ ref('int_sales__currencies') }} as currencies
        on customers.source_name = currencies.source_name

),

orders as (

    {{ as_of_today(ref('int_features__customer_orders')) }}

),

returned as (

    {{ as_of_today(ref('int_features__customer_returns')) }}

),

favourites as (

    select * from {{ ref('int_customers__favourites') }}

),

engagement as (

    select * from {{ ref('int_customers__engagement') }}

),

rfm as (

    select * from {{ ref('customer_rfm') }}

),

lifecycle as (

    select * from {{ ref('customer_lifecycle') }}

),

segments as (

    select * from {{ ref('customer_segments') }}

),

churn as (

    select * from {{ ref('customer_churn') }}

),

clv as (

    select * from {{ ref('customer_clv') }}

),

risks as (

    select * from {{ ref('customer_revenue_at_risk') }}

),

priorities as (

    select * from {{ ref('customer_priorities') }}

)

select
    customers.customer_id,
    customers.source_name,
    customers.source_customer_id,
    customers.customer_name,
    customers.email,
    customers.phone,
    customers.country,
    customers.acquisition_channel,
    customers.signed_up_at,
    customers.account_count,
    customers.is_guest_only,
    customers.as_of_date,

    orders.first_ordered_at,
    orders.last_ordered_at,
    orders.days_since_first_order,
    orders.days_since_last_order,
    coalesce(orders.order_count, 0) as order_count,
    coalesce(orders.order_count_last_90_days, 0) as order_count_last_90_days,
    coalesce(returned.return_count, 0) as return_count,

    case
        when coalesce(orders.customer_id, returned.customer_id) is not null
            then customers.shop_currency
    end as currency,
    cast(coalesce(orders.gross_amount, 0) as {{ money_type() }}) as gross_amount,
    cast(coalesce(orders.discount_amount, 0) as {{ money_type() }}) as discount_amount,
    cast(coalesce(orders.net_revenue_amount, 0) as {{ money_type() }}) as net_revenue_amount,
    cast(coalesce(orders.net_revenue_last_90_days_amount, 0) as {{ money_type() }})
        as net_revenue_last_90_days_amount,
    cast(coalesce(returned.returned_amount, 0) as {{ money_type() }}) as returned_amount,
    orders.gross_margin_amount,
    orders.average_order_value_amount,
    orders.last_order_value_amount,
    orders.discount_share,

    favourites.favourite_channel,
    favourites.favourite_category,

    rfm.recency_score,
    rfm.frequency_score,
    rfm.monetary_score,
    rfm.rfm_segment,
    rfm.value_tier,
    rfm.rfm_persona,
    rfm.recommended_action,

    lifecycle.lifecycle_state,
    lifecycle.lifecycle_state_since_date,
    lifecycle.typical_days_between_orders,
    lifecycle.expected_next_order_date,
    lifecycle.days_overdue,

    coalesce(engagement.review_count, 0) as review_count,
    engagement.average_rating,
    engagement.last_reviewed_at,
    coalesce(engagement.subscription_count, 0) as subscription_count,
    coalesce(engagement.active_subscription_count, 0) as active_subscription_count,
    engagement.active_subscription_monthly_amount,
    engagement.subscription_currency,
    coalesce(engagement.event_count, 0) as event_count,
    engagement.last_event_at,

    segments.segment_id,
    segments.segment_number,
    segments.persona_name,
    churn.churn_probability,
    churn.churn_risk_band,
    churn.churn_reason_1,
    churn.churn_reason_2,
    churn.churn_reason_3,
    churn.horizon_days as churn_horizon_days,
    churn.as_of_date as churn_as_of_date,
    churn.model_version as churn_model_version,

    clv.alive_probability,
    clv.expected_next_order_date as predicted_next_order_date,
    clv.expected_order_count_3_months,
    cast(clv.clv_3_months_amount as {{ money_type() }}) as clv_3_months_amount,
    cast(clv.clv_3_months_lower_amount as {{ money_type() }})
        as clv_3_months_lower_amount,
    cast(clv.clv_3_months_upper_amount as {{ money_type() }})
        as clv_3_months_upper_amount,
    clv.expected_order_count_6_months,
    cast(clv.clv_6_months_amount as {{ money_type() }}) as clv_6_months_amount,
    cast(clv.clv_6_months_lower_amount as {{ money_type() }})
        as clv_6_months_lower_amount,
    cast(clv.clv_6_months_upper_amount as {{ money_type() }})
        as clv_6_months_upper_amount,
    clv.expected_order_count_12_months,
    cast(clv.clv_12_months_amount as {{ money_type() }}) as clv_12_months_amount,
    cast(clv.clv_12_months_lower_amount as {{ money_type() }})
        as clv_12_months_lower_amount,
    cast(clv.clv_12_months_upper_amount as {{ money_type() }})
        as clv_12_months_upper_amount,
    clv.as_of_date as clv_as_of_date,
    clv.model_version as clv_model_version,

    risks.expected_net_revenue_amount as expected_net_revenue_in_churn_horizon_amount,
    risks.revenue_at_risk_amount,
    risks.revenue_at_risk_missing_reason,
    priorities.expected_gain_amount,
    priorities.priority_rank,
    priorities.is_worth_contacting
from customers
left join orders on customers.customer_id = orders.customer_id
left join returned on customers.customer_id = returned.customer_id
left join favourites on customers.customer_id = favourites.customer_id
left join engagement on customers.customer_id = engagement.customer_id
left join rfm on customers.customer_id = rfm.customer_id
left join lifecycle on customers.customer_id = lifecycle.customer_id
left join segments on customers.customer_id = segments.customer_id
left join churn on customers.customer_id = churn.customer_id
left join clv on customers.customer_id = clv.customer_id
left join risks on customers.customer_id = risks.customer_id
left join priorities on customers.customer_id = priorities.customer_id
