{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['source_name, as_of_date', 'int_changes__score_dates']]}
) }}
{#
    How soon customers of a shop come back at all, for those who have no rhythm of their own yet. Every
    customer counts once, with the gap between the first two days with an order. Who came a week
    ago could only have come back within a week: only customers who have had the whole churn
    horizon for it are asked.
#}
{%- set cooling = var("lifecycle_cooling_spreads") %}
{%- set lapsed = var("lifecycle_lapsed_spreads") %}
with

gaps as (

    select
        history_dates.source_name,
        history_dates.as_of_date,
        cast(count(orders.days_between_first_orders) as int) as gap_count,
        avg(orders.days_between_first_orders) as mean_days,
        stddev_samp(orders.days_between_first_orders) as spread_days
    from {{ ref('int_calendar__history_dates') }} as history_dates
    left join {{ ref('int_features__customer_orders') }} as orders
        on
            history_dates.source_name = orders.source_name
            and history_dates.as_of_date = orders.as_of_date
            and orders.days_since_first_order >= {{ var("churn_horizon_days") }}
    {{ if_restating(
        'where (history_dates.source_name, history_dates.as_of_date) in'
        ~ ' (select source_name, as_of_date from ' ~ ref('int_changes__score_dates') ~ ')'
    ) }}
    group by history_dates.source_name, history_dates.as_of_date

),

known as (

    select
        source_name,
        as_of_date,
        gap_count,
        case when gap_count >= {{ var("lifecycle_min_shop_gaps") }} then mean_days end
            as typical_days,
        spread_days
    from gaps

)

select
    source_name,
    as_of_date,
    gap_count,
    cast(typical_days as numeric(18, 4)) as typical_days_between_orders,
    cast(case when typical_days is not null then spread_days end as numeric(18, 4))
        as spread_days_between_orders,
    coalesce(
        {{ late_after_days("typical_days", "spread_days", cooling) }},
        {{ var("churn_horizon_days") }}
    ) as cooling_after_days,
    -- Nobody of whom one or two orders are known has lapsed before the shop's own horizon is over.
    case
        when typical_days is not null
            then greatest(
                {{ late_after_days("typical_days", "spread_days", lapsed) }},
                {{ var("churn_horizon_days") }}
            )
        else 2 * {{ var("churn_horizon_days") }}
    end as lapsed_after_days
from known
