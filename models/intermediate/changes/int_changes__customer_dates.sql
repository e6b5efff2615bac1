{#
    Of whom which past features may be otherwise than before: of changed customers, as of the dates after
    the first change. Dates that are worked out for everybody are left out.
#}
{%- set earlier_customers = as_built_before('dim_customers') %}
{%- set customers = ref('int_customers__customers') %}
with

changed as (

    select * from {{ ref('int_changes__customers') }}

),

{% if is_restating() %}
renamed as (

    -- What is said of customers as of any date is said as of today.
    select changed.customer_id
    from changed
    left join {{ customers }} as fresh on changed.customer_id = fresh.customer_id
    left join {{ earlier_customers }} as earlier on changed.customer_id = earlier.customer_id
    where
        fresh.acquisition_channel is distinct from earlier.acquisition_channel
        or fresh.source_name is distinct from earlier.source_name

),
{% else %}
renamed as (

    select customer_id
    from changed

),
{% endif %}
spine as (

    select
        source_name,
        as_of_date,
        label_end_date
    from {{ ref('int_calendar__as_of_dates') }}

)

select
    changed.customer_id,
    spine.source_name,
    spine.as_of_date
from changed
left join renamed on changed.customer_id = renamed.customer_id
inner join spine
    on renamed.customer_id is not null or spine.label_end_date > changed.changed_since_date
left join {{ ref('int_changes__as_of_dates') }} as everybody
    on spine.source_name = everybody.source_name and spine.as_of_date = everybody.as_of_date
where everybody.as_of_date is null
