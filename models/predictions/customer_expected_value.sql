{#
    The curve of expected net revenue, read at the end of the churn horizon. It is known at the ends of
    calendar months (and is 0 on the day of the score); between two of them the money is taken to come
    evenly. Beyond the twelfth month there is none.
#}

with

curve as (

    {{ latest_of_customers(ref('stg_ml__customer_clv_scores')) }}

),

valued_days as (

    select distinct
        source_name,
        as_of_date
    from {{ ref('customer_clv') }}

),

churn_horizons as (

    select
        source_name,
        max(horizon_days) as horizon_days
    from {{ ref('customer_churn') }}
    group by source_name

),

months as (

    {{ number_spine(12) }}

),

horizons as (

    select
        valued_days.source_name,
        valued_days.as_of_date,
        coalesce(churn_horizons.horizon_days, {{ var("churn_horizon_days") }}) as horizon_days
    from valued_days
    left join churn_horizons on valued_days.source_name = churn_horizons.source_name

),

steps as (

    -- Month by month: the days at which its part of the curve begins and ends.
    select
        horizons.*,
        cast(months.generated_number as int) as horizon_months,
        {{ days_between(
            "horizons.as_of_date",
            add_months("horizons.as_of_date", "cast(months.generated_number as int) - 1"),
        ) }} as begin_days,
        {{ days_between(
            "horizons.as_of_date",
            add_months("horizons.as_of_date", "cast(months.generated_number as int)"),
        ) }} as end_days
    from horizons
    cross join months

),

lasts as (

    -- The month in which the horizon ends, and which part of it lies within the horizon.
    select
        source_name,
        as_of_date,
        horizon_days,
        horizon_months,
        cast(horizon_days - begin_days as numeric(18, 12)) / (end_days - begin_days)
            as month_share
    from steps
    where horizon_days > begin_days and horizon_days <= end_days

),

weighed as (

    select
        lasts.source_name,
        lasts.as_of_date,
        lasts.horizon_days,
        lasts.horizon_months,
        lasts.month_share
    from lasts

    union all

    -- All up to the end of the month before; the difference of the two is the last month's.
    select
        lasts.source_name,
        lasts.as_of_date,
        lasts.horizon_days,
        lasts.horizon_months - 1 as horizon_months,
        1 - lasts.month_share as month_share
    from lasts
    where lasts.horizon_months > 1

)

select
    curve.customer_id,
    curve.source_name,
    curve.as_of_date,
    weighed.horizon_days,
    cast(
        sum(cast(curve.expected_net_revenue_amount as {{ money_type() }}) * weighed.month_share)
        as {{ money_type() }}
    ) as expected_net_revenue_amount
from curve
inner join weighed
    on
        curve.source_name = weighed.source_name
        and curve.as_of_date = weighed.as_of_date
        and curve.horizon_months = weighed.horizon_months
group by curve.customer_id, curve.source_name, curve.as_of_date, weighed.horizon_days
