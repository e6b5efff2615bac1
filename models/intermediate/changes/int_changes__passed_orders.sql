{#
    Orders whose day has become past since the last build, or future again, for the shop that the
    customer is known by first: who buys in two shops may do so in the one on a day that has not come in
    the other. New orders are here too. Empty when everything is built.
#}
select
    orders.order_id,
    orders.customer_id,
    orders.order_date
from {{ ref('int_sales__orders') }} as orders
inner join {{ ref('int_customers__customers') }} as customers
    on orders.customer_id = customers.customer_id
inner join {{ ref('int_changes__todays') }} as todays
    on
        customers.source_name = todays.source_name
        and orders.order_date >= todays.since_date
        and orders.order_date < todays.until_date
