{#
    Months up to which the cohorts have come to something else than before: all since the first in which those
    of any shop did something else, or that has begun now and had not. Empty when everything is built.
#}
with

first_changed as (

    select min(month_start_date) as month_start_date
    from (
        select month_start_date
        from {{ ref('int_changes__cohort_months') }}

        union all

        select {{ month_start('since_date') }} as month_start_date
        from {{ ref('int_changes__todays') }}
    ) as months

),

newest as (

    select
        source_name,
        max(as_of_date) as as_of_date
    from (
        select
            source_name,
            as_of_date
        from {{ ref('int_calendar__today') }}

        union all

        select
            source_name,
            until_date as as_of_date
        from {{ ref('int_changes__todays') }}
    ) as days
    group by source_name

),

numbers as (

    {{ number_spine(5000) }}

),

months as (

    select
        newest.source_name,
        newest.as_of_date,
        {{ add_months(
            "first_changed.month_start_date", "cast(numbers.generated_number - 1 as int)"
        ) }} as month_start_date
    from first_changed
    cross join newest
    cross join numbers
    where first_changed.month_start_date is not null

)

select
    source_name,
    month_start_date
from months
where month_start_date < as_of_date
