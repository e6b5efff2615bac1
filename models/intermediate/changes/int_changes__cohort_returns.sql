{#
    Returns whose place in the cohorts is worked out anew: those of changed customers, and those that
    lay after the today of the last build. Empty when everything is built.
#}
{%- set changed_customers = ref('int_changes__customers') %}
{%- set all_returns = ref('int_sales__returns') %}
{%- set earlier_dates = as_built_before('ftr_as_of_dates') %}
{%- set earlier_returns = as_built_before('int_cohorts__returns') %}
select return_id
from {{ all_returns }}
where customer_id in (select customer_id from {{ changed_customers }})
{% if is_restating() %}
union distinct

select return_id
from {{ earlier_returns }}
where customer_id in (select customer_id from {{ changed_customers }})

union distinct

select return_id
from {{ all_returns }}
where return_date >= (select min(as_of_date) from {{ earlier_dates }} where is_today)
{% endif %}
