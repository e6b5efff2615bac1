{#
    As-of dates of which everybody's features are worked out: those that have come into the spine. And
    those that have left it, so that their rows go. Empty when everything is built.
#}
{%- set earlier = as_built_before('ftr_as_of_dates') %}
with

spine as (

    select
        source_name,
        as_of_date
    from {{ ref('int_calendar__as_of_dates') }}

)

select
{% if is_restating() %}
coalesce(spine.source_name, earlier.source_name) as source_name,
coalesce(spine.as_of_date, earlier.as_of_date) as as_of_date
from spine
full outer join {{ earlier }} as earlier
on spine.source_name = earlier.source_name and spine.as_of_date = earlier.as_of_date
where spine.as_of_date is null or earlier.as_of_date is null
{% else %}
source_name,
as_of_date
from spine
where false
{% endif %}
