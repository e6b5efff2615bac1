{#
    Which subscriptions ran as of a day, and how they ended, for features and labels alike. As of a
    day of a source with dates: those that had started before it and had not ended before it. As of a
    snapshot: all that it holds.

    A cancelled subscription whose end is unknown may have been over at any of these days, and one
    without a start may not have begun: neither is there.
#}
with

dates as (

    select * from {{ ref('int_features__subscription_dates') }}

),

attributes as (

    select
        subscription_id,
        snapshot_date
    from {{ ref('int_conformed__subscription_attributes') }}

),

subscriptions as (

    select
        *,
        cast(started_at as date) as started_date,
        cast(ended_at as date) as ended_date
    from {{ ref('int_engagement__subscriptions') }}

),

dated as (

    select
        dates.as_of_date,
        subscriptions.subscription_id,
        subscriptions.customer_id,
        subscriptions.source_name,
        dates.horizon_days,
        dates.label_end_date,
        dates.is_label_complete,
        dates.is_snapshot,
        cast(
            {{ days_between("subscriptions.started_date", "dates.as_of_date") }} / 30.4375
            as numeric(18, 4)
        ) as tenure_months,
        {% if var("subscription_terms_are_fixed") -%}
        subscriptions.monthly_amount,
        {%- else -%}
        cast(null as {{ money_type() }}) as monthly_amount,
        {%- endif %}
        cast(null as {{ money_type() }}) as total_amount,
        coalesce(subscriptions.ended_date < dates.label_end_date, false) as is_churned
    from dates
    inner join subscriptions
        on
            dates.source_name = subscriptions.source_name
            and dates.as_of_date > subscriptions.started_date
            and dates.as_of_date <= coalesce(subscriptions.ended_date, dates.as_of_date)
    where
        not dates.is_snapshot
        and (
            subscriptions.ended_date is not null
            or subscriptions.subscription_status <> 'cancelled'
        )

),

seen as (

    select
        dates.as_of_date,
        subscriptions.subscription_id,
        subscriptions.customer_id,
        subscriptions.source_name,
        dates.horizon_days,
        dates.label_end_date,
        dates.is_label_complete,
        dates.is_snapshot,
        cast(subscriptions.tenure_months as numeric(18, 4)) as tenure_months,
        subscriptions.monthly_amount,
        subscriptions.total_amount,
        subscriptions.subscription_status = 'cancelled' as is_churned
    from dates
    inner join attributes on dates.as_of_date = attributes.snapshot_date
    inner join subscriptions
        on
            dates.source_name = subscriptions.source_name
            and attributes.subscription_id = subscriptions.subscription_id
    where dates.is_snapshot

)

select * from dated
union all
select * from seen
