{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['source_name, as_of_date', 'int_changes__score_dates']]},
    indexes=[{'columns': ['as_of_date', 'source_name']}, {'columns': ['customer_id']}]
) }}
{#
    The one place where RFM is scored. A row is a function of its as-of date alone, so whole
    as-of dates can be replaced. Names (segment, tier, persona) are given in
    int_customers__rfm_segments: editing a seed must not need a new scoring of the past.
#}
with

measured as (

    select
        orders.source_name,
        orders.as_of_date,
        orders.customer_id,
        orders.days_since_last_order,
        orders.order_count,
        orders.net_revenue_amount
    from {{ ref('int_features__customer_orders') }} as orders
    inner join {{ ref('int_calendar__history_dates') }} as history_dates
        on
            orders.source_name = history_dates.source_name
            and orders.as_of_date = history_dates.as_of_date
    {{ if_restating(
        'where ' ~ in_slices(
            "orders.source_name", "orders.as_of_date",
            "select source_name, as_of_date from " ~ ref('int_changes__score_dates')
        )
    ) }}

),

scored as (

    select
        *,
        {{ quintile_score("source_name, as_of_date", "days_since_last_order", "desc") }}
            as recency_score,
        {{ quintile_score("source_name, as_of_date", "order_count") }} as frequency_score,
        {{ quintile_score("source_name, as_of_date", "net_revenue_amount") }} as monetary_score
    from measured

)

select
    source_name,
    as_of_date,
    customer_id,
    days_since_last_order,
    order_count,
    net_revenue_amount,
    recency_score,
    frequency_score,
    monetary_score,
    cast(floor((frequency_score + monetary_score + 1) / 2.0) as int) as frequency_monetary_score
from scored
-- Date by date, for those who read or replace one.
order by as_of_date
