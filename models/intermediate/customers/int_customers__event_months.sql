{# A row is a function of the events of its month alone, so whole months can be replaced. #}
with

events as (

    -- A shop without orders has no today: all that it tells is the past.
    select
        customers.source_name,
        cast({{ dbt.date_trunc("month", "events.occurred_at") }} as date) as month_start_date,
        events.customer_id,
        events.occurred_at
    from {{ ref('int_engagement__events') }} as events
    inner join {{ ref('int_customers__customers') }} as customers
        on events.customer_id = customers.customer_id
    left join {{ ref('int_calendar__today') }} as today
        on customers.source_name = today.source_name
    where
        (today.as_of_date is null or cast(events.occurred_at as date) < today.as_of_date)

)

select
    source_name,
    month_start_date,
    customer_id,
    cast(count(*) as int) as event_count,
    max(occurred_at) as last_occurred_at
from events
group by source_name, month_start_date, customer_id
