{#
    Shops whose last twelve complete months are others than before, or in which orders of one of these
    months changed. Empty when everything is built.
#}
{%- set days = ref('int_changes__order_days') %}
{%- set earlier_windows = as_built_before('int_calendar__current_months') %}
with

fresh as (

    select
        source_name,
        {{ month_start("as_of_date") }} as current_month_start_date
    from {{ ref('int_calendar__today') }}

)

select distinct fresh.source_name
from fresh
{% if is_restating() %}
left join {{ earlier_windows }} as earlier on fresh.source_name = earlier.source_name
left join {{ days }} as days
    on
        fresh.source_name = days.source_name
        and days.order_date < fresh.current_month_start_date
        and days.order_date >= earlier.window_start_date
where
    earlier.current_month_start_date is distinct from fresh.current_month_start_date
    or days.source_name is not null
{% else %}
where false
{% endif %}
