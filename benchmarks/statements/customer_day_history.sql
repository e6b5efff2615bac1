-- Four histories by customer and day beside everybody who was known on the day.
select
    customers.customer_id,
    customers.source_name,
    dates.as_of_date,
    dates.is_today,
    coalesce(orders.country, customers.country) as country,
    customers.acquisition_channel,
    customers.is_guest_only,
    customers.email is not null as has_email,
    customers.phone is not null as has_phone,
    dates.as_of_date - customers.signed_up_at::date as days_since_signed_up,
    dates.as_of_date - orders.days_since_first_order as first_order_date,
    dates.as_of_date - orders.days_since_last_order as last_order_date,
    orders.days_since_first_order,
    orders.days_since_last_order,
    coalesce(orders.order_count, 0) as order_count,
    coalesce(orders.order_count_last_30_days, 0) as order_count_last_30_days,
    coalesce(orders.order_count_last_90_days, 0) as order_count_last_90_days,
    coalesce(orders.order_count_last_180_days, 0) as order_count_last_180_days,
    coalesce(orders.net_revenue_amount, 0)::numeric(18, 4) as net_revenue_amount,
    coalesce(orders.net_revenue_last_90_days_amount, 0)::numeric(18, 4)
        as net_revenue_last_90_days_amount,
    orders.average_order_value_amount,
    orders.last_order_value_amount,
    orders.gross_margin_amount,
    orders.discount_share,
    coalesce(returned.return_count, 0) as return_count,
    coalesce(returned.returned_amount, 0)::numeric(18, 4) as returned_amount,
    segments.recency_score,
    segments.frequency_score,
    segments.monetary_score,
    segments.rfm_segment,
    segments.value_tier,
    segments.rfm_persona,
    lifecycle.lifecycle_state,
    lifecycle.typical_days_between_orders,
    dates.as_of_date + due.days_until_next_order as expected_next_order_date,
    due.days_until_next_order,
    -- greatest() would make 0 of an unknown day.
    case when due.days_until_next_order is not null then greatest(-due.days_until_next_order, 0) end
        as days_overdue
from marts.dim_customers as customers
inner join intermediate.int_calendar__history_dates as dates
    on
        customers.source_name = dates.source_name
        and (
            least(customers.signed_up_at::date, customers.first_ordered_at::date) < dates.as_of_date
            or dates.is_today
        )
left join intermediate.int_features__customer_orders as orders
    on customers.customer_id = orders.customer_id and dates.as_of_date = orders.as_of_date
left join intermediate.int_features__customer_returns as returned
    on customers.customer_id = returned.customer_id and dates.as_of_date = returned.as_of_date
left join marts.customer_segment_history as segments
    on customers.customer_id = segments.customer_id and dates.as_of_date = segments.as_of_date
left join intermediate.int_customers__lifecycle as lifecycle
    on customers.customer_id = lifecycle.customer_id and dates.as_of_date = lifecycle.as_of_date
left join lateral (
    select
        case
            when lifecycle.rhythm_basis = 'own'
                then round(lifecycle.typical_days_between_orders)::int - lifecycle.days_since_last_order
        end as days_until_next_order
) as due on true
