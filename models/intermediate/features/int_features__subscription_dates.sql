{#
    The days as of which subscriptions are described. A source with dates has those of the spine; a
    snapshot has one day, and its labels are what had happened in the month up to it.
#}
{% set snapshot_days = 30 %}
with

subscriptions as (

    select * from {{ ref('int_engagement__subscriptions') }}

),

attributes as (

    select * from {{ ref('int_conformed__subscription_attributes') }}

),

dated_sources as (

    select
        source_name,
        min(cast(started_at as date)) as first_start_date
    from subscriptions
    where started_at is not null
    group by source_name

),

snapshots as (

    select distinct
        source_name,
        snapshot_date
    from attributes
    where snapshot_date is not null

)

select
    spine.source_name,
    spine.as_of_date,
    spine.label_end_date,
    {{ var("churn_horizon_days") }} as horizon_days,
    spine.is_today,
    spine.is_label_complete,
    {{ days_between("dated_sources.first_start_date", "spine.as_of_date") }} as history_days,
    false as is_snapshot
from {{ ref('int_calendar__as_of_dates') }} as spine
inner join dated_sources
    on
        spine.source_name = dated_sources.source_name
        and spine.as_of_date > dated_sources.first_start_date

union all

select
    source_name,
    snapshot_date as as_of_date,
    snapshot_date as label_end_date,
    {{ snapshot_days }} as horizon_days,
    true as is_today,
    true as is_label_complete,
    0 as history_days,
    true as is_snapshot
from snapshots
