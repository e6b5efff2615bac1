{# Reads this table as the last build left it, so it comes before it. #}
{%- set reader = ref('int_changes__windows') %}
{# The month that is not over yet, and the twelve before it that are. #}
select
    source_name,
    as_of_date,
    {{ month_start("as_of_date") }} as current_month_start_date,
    {{ add_months(month_start("as_of_date"), -12) }} as window_start_date
from {{ ref('int_calendar__today') }}
