{#
    Shops whose last twelve complete months are others than before, or of which one of these months
    changed. Empty when everything is built.
#}
{%- set months = ref('int_changes__months') %}
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
left join {{ months }} as months
    on
        fresh.source_name = months.source_name
        and months.month_start_date < fresh.current_month_start_date
        and months.month_start_date >= earlier.window_start_date
where
    earlier.current_month_start_date is distinct from fresh.current_month_start_date
    or months.source_name is not null
{% else %}
where false
{% endif %}
