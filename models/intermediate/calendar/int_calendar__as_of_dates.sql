{#
    The spine of every point-in-time model: the first of each month, today, the newest Monday whose
    churn window has closed, and the days of the var `extra_as_of_dates`. A Monday, since a date that
    moved with today would cost every day the features and labels of everybody once more.
#}
with

today as (

    select * from {{ ref('int_calendar__today') }}

),

months as (

    {{ number_spine(600) }}

),

candidates as (

    -- Counted back from today: one order of long ago must not take the newest dates away.
    select
        today.source_name,
        cast({{ dbt.dateadd(
            "month",
            "-1 * cast(months.generated_number - 1 as int)",
            dbt.date_trunc("month", "today.as_of_date")
        ) }} as date) as as_of_date
    from today
    cross join months

    union distinct

    select
        source_name,
        as_of_date
    from today

    union distinct

    select
        source_name,
        cast({{ dbt.date_trunc(
            "week", add_days("as_of_date", "-1 * " ~ var("churn_horizon_days"))
        ) }} as date) as as_of_date
    from today
    {% for day in var("extra_as_of_dates") + var("run_as_of_dates") %}
    union distinct

    select
        source_name,
        cast('{{ day }}' as date) as as_of_date
    from today
    {% endfor %}

)

select
    candidates.source_name,
    candidates.as_of_date,
    candidates.as_of_date = today.as_of_date as is_today,
    {{ add_days("candidates.as_of_date", var("churn_horizon_days")) }} as label_end_date,
    {{ add_days("candidates.as_of_date", var("churn_horizon_days")) }} <= today.as_of_date
        as is_label_complete
from candidates
inner join today on candidates.source_name = today.source_name
where
    candidates.as_of_date > today.first_order_date
    and candidates.as_of_date <= today.as_of_date
