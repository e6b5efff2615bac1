{#
    As-of dates of the history of which everybody's facts are told anew: those whose segments are, and
    those that were today and are no more, or are it now. Empty when everything is built.
#}
{%- set earlier = as_built_before('ftr_as_of_dates') %}
{%- set dates = ref('int_calendar__history_dates') %}
select
    source_name,
    as_of_date
from {{ ref('int_changes__history_dates') }}
{% if is_restating() %}
union distinct

select
    dates.source_name,
    dates.as_of_date
from {{ dates }} as dates
inner join {{ earlier }} as earlier
    on dates.source_name = earlier.source_name and dates.as_of_date = earlier.as_of_date
where dates.is_today <> earlier.is_today
{% endif %}
