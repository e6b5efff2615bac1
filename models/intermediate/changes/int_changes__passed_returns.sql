{#
    Returns whose day has become past since the last build, or future again, for the shop that took them
    or for the one that the customer is known by first: goods may come back on a day on which nobody has
    ordered yet. Empty when everything is built.
#}
select distinct
    returned.return_id,
    returned.order_id,
    returned.customer_id,
    returned.return_date
from {{ ref('int_sales__returns') }} as returned
inner join {{ ref('int_customers__customers') }} as customers
    on returned.customer_id = customers.customer_id
inner join {{ ref('int_changes__todays') }} as todays
    on
        todays.source_name in (returned.source_name, customers.source_name)
        and returned.return_date >= todays.since_date
        and returned.return_date < todays.until_date
