{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [
        ['source_name, as_of_date', 'int_changes__audience_dates'],
        ['customer_id', 'int_changes__customers']
    ]},
    indexes=[{'columns': ['as_of_date', 'source_name']}, {'columns': ['customer_id']}]
) }}
{#
    A customer is there from the first day of the history after they signed up or ordered, and at the
    latest today. Who they are is known as of today; what they did, as of the day.
#}
{%- set changed_dates = ref('int_changes__audience_dates') %}
{%- set changed_customers = ref('int_changes__customers') %}
{#- One after the other: held against both, every customer of every date would be looked at. -#}
{%- set of_changed_date
    = '(dates.source_name, dates.as_of_date) in (select source_name, as_of_date from '
    ~ changed_dates ~ ')' %}
{%- set of_changed_customer
    = 'customers.customer_id in (select customer_id from ' ~ changed_customers ~ ')' %}
{%- set cuts = [
    'where ' ~ of_changed_date,
    'where ' ~ of_changed_customer ~ ' and not ' ~ of_changed_date
] if is_incremental() else [''] %}
with

customers as (

    select
        customer_id,
        source_name,
        acquisition_channel,
        country,
        is_guest_only,
        email is not null as has_email,
        phone is not null as has_phone,
        cast(signed_up_at as date) as signed_up_date,
        least(cast(signed_up_at as date), cast(first_ordered_at as date)) as known_since_date
    from {{ ref('dim_customers') }}

),

dates as (

    select * from {{ ref('int_calendar__history_dates') }}

),

known as (

    {% for cut in cuts -%}
    select
        customers.*,
        dates.as_of_date,
        dates.is_today
    from customers
    inner join dates
        on
            customers.source_name = dates.source_name
            and (customers.known_since_date < dates.as_of_date or dates.is_today)
    {{ cut }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

orders as (

    {{ touched_days(ref('int_features__customer_orders')) }}

),

returned as (

    {{ touched_days(ref('int_features__customer_returns')) }}

),

segments as (

    {{ touched_days(ref('customer_segment_history')) }}

),

lifecycle as (

    select
        *,
        -- As in customer_lifecycle: the shop's mean says nothing about one person.
        case
            when rhythm_basis = 'own'
                then cast(round(typical_days_between_orders) as int) - days_since_last_order
        end as days_until_next_order
    from ({{ touched_days(ref('int_customers__lifecycle')) }}) as lifecycle

)

select
    known.customer_id,
    known.source_name,
    known.as_of_date,
    known.is_today,
    coalesce(orders.country, known.country) as country,
    known.acquisition_channel,
    known.is_guest_only,
    known.has_email,
    known.has_phone,
    {{ days_between("known.signed_up_date", "known.as_of_date") }} as days_since_signed_up,
    {{ add_days("known.as_of_date", "-1 * orders.days_since_first_order") }} as first_order_date,
    {{ add_days("known.as_of_date", "-1 * orders.days_since_last_order") }} as last_order_date,
    orders.days_since_first_order,
    orders.days_since_last_order,
    coalesce(orders.order_count, 0) as order_count,
    coalesce(orders.order_count_last_30_days, 0) as order_count_last_30_days,
    coalesce(orders.order_count_last_90_days, 0) as order_count_last_90_days,
    coalesce(orders.order_count_last_180_days, 0) as order_count_last_180_days,
    cast(coalesce(orders.net_revenue_amount, 0) as {{ money_type() }}) as net_revenue_amount,
    cast(coalesce(orders.net_revenue_last_90_days_amount, 0) as {{ money_type() }})
        as net_revenue_last_90_days_amount,
    orders.average_order_value_amount,
    orders.last_order_value_amount,
    orders.gross_margin_amount,
    orders.discount_share,
    coalesce(returned.return_count, 0) as return_count,
    cast(coalesce(returned.returned_amount, 0) as {{ money_type() }}) as returned_amount,
    segments.recency_score,
    segments.frequency_score,
    segments.monetary_score,
    segments.rfm_segment,
    segments.value_tier,
    segments.rfm_persona,
    lifecycle.lifecycle_state,
    lifecycle.typical_days_between_orders,
    {{ add_days("known.as_of_date", "lifecycle.days_until_next_order") }}
        as expected_next_order_date,
    lifecycle.days_until_next_order,
    -- Not by greatest(), which passes over nulls.
    case
        when lifecycle.days_until_next_order < 0 then -1 * lifecycle.days_until_next_order
        when lifecycle.days_until_next_order >= 0 then 0
    end as days_overdue
from known
left join orders
    on known.customer_id = orders.customer_id and known.as_of_date = orders.as_of_date
left join returned
    on known.customer_id = returned.customer_id and known.as_of_date = returned.as_of_date
left join segments
    on known.customer_id = segments.customer_id and known.as_of_date = segments.as_of_date
left join lifecycle
    on known.customer_id = lifecycle.customer_id and known.as_of_date = lifecycle.as_of_date
