{#
    As-of dates of which everybody's labels are worked out: those whose window has closed since the last
    build, and those that are no longer in the spine. Empty when everything is built.
#}
{%- set earlier = as_built_before('ftr_as_of_dates') %}
with

spine as (

    select
        source_name,
        as_of_date
    from {{ ref('int_calendar__as_of_dates') }}
    where is_label_complete

)

select
{% if is_restating() %}
coalesce(spine.source_name, earlier.source_name) as source_name,
coalesce(spine.as_of_date, earlier.as_of_date) as as_of_date
from spine
full outer join (select * from {{ earlier }} where is_label_complete) as earlier
on spine.source_name = earlier.source_name and spine.as_of_date = earlier.as_of_date
where spine.as_of_date is null or earlier.as_of_date is null
{% else %}
source_name,
as_of_date
from spine
where false
{% endif %}
