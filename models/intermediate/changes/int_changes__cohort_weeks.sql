{# Weeks in which the cohorts did something else than before. Empty when everything is built. #}
select distinct cast({{ dbt.date_trunc("week", "changed_date") }} as date) as week_start_date
from {{ ref('int_changes__cohort_days') }}
