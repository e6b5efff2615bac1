{#
    Returns whose place in the cohorts is worked out anew: those of changed customers, and those that
    are past now and were not. Empty when everything is built.
#}
{%- set changed_customers = ref('int_changes__customers') %}
{%- set earlier_returns = as_built_before('int_cohorts__returns') %}
select return_id
from {{ ref('int_sales__returns') }}
where customer_id in (select customer_id from {{ changed_customers }})

union distinct

select return_id
from {{ ref('int_changes__passed_returns') }}
{% if is_restating() %}
union distinct

select return_id
from {{ earlier_returns }}
where customer_id in (select customer_id from {{ changed_customers }})
{% endif %}
