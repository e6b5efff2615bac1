with

lifecycle as (

    {{ as_of_today(ref('int_customers__lifecycle')) }}

),

dated as (

    select
        *,
        {{ add_days("as_of_date", "-1 * days_since_first_order") }} as first_order_date,
        {{ add_days("as_of_date", "-1 * days_since_last_order") }} as last_order_date,
        -- The shop's gap tells when the average customer comes back, not when this one does.
        case when rhythm_basis = 'own' then cast(round(typical_days_between_orders) as int) end
            as expected_after_days
    from lifecycle

)

select
    customer_id,
    source_name,
    as_of_date,
    lifecycle_state,
    case lifecycle_state
        when 'new' then first_order_date
        when 'won back' then last_order_date
        when 'cooling' then {{ add_days("last_order_date", "cooling_after_days + 1") }}
        when 'lapsed' then {{ add_days("last_order_date", "lapsed_after_days + 1") }}
    end as lifecycle_state_since_date,
    first_order_date,
    last_order_date,
    days_since_last_order,
    order_day_count,
    rhythm_basis,
    typical_days_between_orders,
    cooling_after_days,
    lapsed_after_days,
    {{ add_days("last_order_date", "expected_after_days") }} as expected_next_order_date,
    -- Not by greatest(), which passes over nulls.
    case
        when days_since_last_order > expected_after_days
            then days_since_last_order - expected_after_days
        when expected_after_days is not null then 0
    end as days_overdue
from dated
