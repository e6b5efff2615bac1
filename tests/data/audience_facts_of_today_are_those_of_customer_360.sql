{{ config(tags=['every_row']) }}
-- Audiences are judged over as-of models and people look at customer_360: a member of today must
-- look like one there. Predictions are left out: a score past its horizon stays in customer_360,
-- with its date.
{% set shared = [
    "customer_id", "source_name", "as_of_date", "acquisition_channel", "is_guest_only",
    "days_since_first_order", "days_since_last_order", "order_count", "order_count_last_90_days",
    "net_revenue_amount", "net_revenue_last_90_days_amount", "average_order_value_amount",
    "last_order_value_amount", "gross_margin_amount", "discount_share", "return_count",
    "returned_amount", "recency_score", "frequency_score", "monetary_score", "rfm_segment",
    "value_tier", "rfm_persona", "lifecycle_state", "typical_days_between_orders",
    "expected_next_order_date", "days_overdue",
] | join(", ") %}
with

facts as (

    select {{ shared }}
    from {{ ref('customer_audience_facts') }}
    where is_today

),

shops as (

    select distinct source_name from {{ ref('int_calendar__history_dates') }}

),

wide as (

    -- A shop whose first order is still to come has no days.
    select customers.{{ shared | replace(", ", ", customers.") }}
    from {{ ref('customer_360') }} as customers
    inner join shops on customers.source_name = shops.source_name

),

only_in_facts as (

    select * from facts
    except
    select * from wide

),

only_in_wide as (

    select * from wide
    except
    select * from facts

)

select
    'audience facts' as found_in,
    customer_id
from only_in_facts
union all
select
    'customer_360' as found_in,
    customer_id
from only_in_wide
