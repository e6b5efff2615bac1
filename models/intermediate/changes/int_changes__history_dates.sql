{# As-of dates of which everybody's step from the date before is told anew. #}
select
    source_name,
    as_of_date
from {{ ref('int_changes__score_dates') }}

union distinct

select
    dates.source_name,
    dates.as_of_date
from {{ ref('int_calendar__history_dates') }} as dates
inner join {{ ref('int_changes__score_dates') }} as changed
    on
        dates.source_name = changed.source_name
        and dates.previous_as_of_date = changed.as_of_date
