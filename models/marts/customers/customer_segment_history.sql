{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['source_name, as_of_date', 'int_changes__history_dates']]},
    sql_header='set local enable_memoize = off;' if target.type == 'postgres' else none,
    indexes=[{'columns': ['as_of_date', 'source_name']}, {'columns': ['customer_id']}]
) }}
{#
    A row is a function of its as-of date and the one before, so whole as-of dates can be replaced.
    The step from the date before stands in the row: moves and the migration matrix read it here.
    Postgres takes each customer of each date for one that it has looked up before, and looks up
    the state of every one by itself: at 800,000 rows four times the time of joining them at once.
#}
{%- set told_anew = 'select source_name, as_of_date from ' ~ ref('int_changes__history_dates') %}
{%- set of_told_anew = 'where ' ~ in_slices("source_name", "as_of_date", told_anew) %}
{%- set of_the_date_before = 'where ' ~ in_slices(
    "source_name", "as_of_date",
    "select source_name, previous_as_of_date from " ~ ref('int_calendar__history_dates')
    ~ " where (source_name, as_of_date) in (" ~ told_anew ~ ")"
) %}
with

segments as (

    select * from {{ ref('int_customers__rfm_segments') }}
    {{ if_restating(of_told_anew) }}

),

earlier_segments as (

    -- The date before one that is told anew may stand as it was.
    select * from {{ ref('int_customers__rfm_segments') }}
    {{ if_restating(of_the_date_before) }}

),

lifecycle as (

    select * from {{ ref('int_customers__lifecycle') }}
    {{ if_restating(of_told_anew) }}

),

history_dates as (

    select * from {{ ref('int_calendar__history_dates') }}

)

select
    segments.source_name,
    segments.as_of_date,
    segments.customer_id,
    segments.rfm_segment,
    segments.value_tier,
    segments.rfm_persona,
    lifecycle.lifecycle_state,
    segments.recency_score,
    segments.frequency_score,
    segments.monetary_score,
    segments.frequency_monetary_score,
    segments.order_count,
    segments.net_revenue_amount,
    history_dates.previous_as_of_date,
    earlier.rfm_segment as previous_rfm_segment,
    earlier.recency_score as previous_recency_score,
    earlier.frequency_score as previous_frequency_score,
    earlier.monetary_score as previous_monetary_score,
    earlier.frequency_monetary_score as previous_frequency_monetary_score,
    earlier.order_count as previous_order_count
from segments
inner join history_dates
    on
        segments.source_name = history_dates.source_name
        and segments.as_of_date = history_dates.as_of_date
left join earlier_segments as earlier
    on
        segments.customer_id = earlier.customer_id
        and segments.source_name = earlier.source_name
        and history_dates.previous_as_of_date = earlier.as_of_date
left join lifecycle
    on
        segments.customer_id = lifecycle.customer_id
        and segments.source_name = lifecycle.source_name
        and segments.as_of_date = lifecycle.as_of_date
-- Date by date, for those who read or replace one.
order by segments.as_of_date
