{# These read this table as the last build left it, so they come before it. #}
{%- set readers = [
    ref('int_changes__as_of_dates'),
    ref('int_changes__label_dates'),
    ref('int_changes__todays'),
    ref('int_changes__audience_dates')
] %}
with

as_of_dates as (

    select * from {{ ref('int_calendar__as_of_dates') }}

),

today as (

    select * from {{ ref('int_calendar__today') }}

)

select
    as_of_dates.source_name,
    as_of_dates.as_of_date,
    as_of_dates.label_end_date,
    as_of_dates.is_today,
    as_of_dates.is_label_complete,
    {{ days_between("today.first_order_date", "as_of_dates.as_of_date") }} as history_days,
    {{ var("churn_horizon_days") }} as horizon_days
from as_of_dates
inner join today on as_of_dates.source_name = today.source_name
