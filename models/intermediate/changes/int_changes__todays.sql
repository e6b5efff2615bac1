{#
    Shops that have another today than at the last build, with the days that have become past by it, or
    future again. Empty when everything is built.
#}
{%- set earlier = as_built_before('ftr_as_of_dates') %}
with

fresh as (

    select
        source_name,
        as_of_date
    from {{ ref('int_calendar__today') }}

)

select
{% if is_restating() %}
coalesce(fresh.source_name, earlier.source_name) as source_name,
-- Where a shop has no today, none of its days is past.
case
    when fresh.as_of_date is null or earlier.as_of_date is null then cast('1900-01-01' as date)
    else least(fresh.as_of_date, earlier.as_of_date)
end as since_date,
greatest(fresh.as_of_date, earlier.as_of_date) as until_date
from fresh
full outer join (select * from {{ earlier }} where is_today) as earlier
on fresh.source_name = earlier.source_name
where fresh.as_of_date is distinct from earlier.as_of_date
{% else %}
source_name,
as_of_date as since_date,
as_of_date as until_date
from fresh
where false
{% endif %}
