{# What customers did beside ordering. Subscriptions are as they stand: they have no past here. #}
with

customers as (

    -- A shop without orders has no today: all that it tells is the past.
    select
        customers.customer_id,
        today.as_of_date
    from {{ ref('int_customers__customers') }} as customers
    left join {{ ref('int_calendar__today') }} as today
        on customers.source_name = today.source_name

),

reviews as (

    select
        reviews.customer_id,
        cast(count(*) as int) as review_count,
        cast(avg(cast(reviews.rating as numeric(18, 4))) as numeric(18, 4)) as average_rating,
        max(reviews.reviewed_at) as last_reviewed_at
    from {{ ref('int_engagement__reviews') }} as reviews
    inner join customers on reviews.customer_id = customers.customer_id
    where
        customers.as_of_date is null
        or cast(reviews.reviewed_at as date) < customers.as_of_date
    group by reviews.customer_id

),

subscriptions as (

    select
        customer_id,
        cast(count(*) as int) as subscription_count,
        cast(sum(case when subscription_status = 'active' then 1 else 0 end) as int)
            as active_subscription_count,
        -- Amounts in several currencies have no sum.
        cast(
            case
                when
                    count(distinct case when subscription_status = 'active' then currency end) <= 1
                    then sum(case when subscription_status = 'active' then monthly_amount end)
            end as {{ money_type() }}
        ) as active_subscription_monthly_amount,
        max(case when subscription_status = 'active' then currency end) as subscription_currency
    from {{ ref('int_engagement__subscriptions') }}
    where customer_id is not null
    group by customer_id

),

events as (

    select
        customer_id,
        cast(sum(event_count) as int) as event_count,
        max(last_occurred_at) as last_event_at
    from {{ ref('int_customers__event_months') }}
    group by customer_id

)

select
    customers.customer_id,
    coalesce(reviews.review_count, 0) as review_count,
    reviews.average_rating,
    reviews.last_reviewed_at,
    coalesce(subscriptions.subscription_count, 0) as subscription_count,
    coalesce(subscriptions.active_subscription_count, 0) as active_subscription_count,
    subscriptions.active_subscription_monthly_amount,
    case
        when subscriptions.active_subscription_monthly_amount is not null
            then subscriptions.subscription_currency
    end as subscription_currency,
    coalesce(events.event_count, 0) as event_count,
    events.last_event_at
from customers
left join reviews on customers.customer_id = reviews.customer_id
left join subscriptions on customers.customer_id = subscriptions.customer_id
left join events on customers.customer_id = events.customer_id
where
    reviews.customer_id is not null
    or subscriptions.customer_id is not null
    or events.customer_id is not null
