{#
    Customers who have got, lost or kept an account of new rows, or one that moved. One who is no more
    counts too. Empty when everything is built.
#}
select old_customer_id as customer_id
from {{ ref('int_changes__accounts') }}
where old_customer_id is not null

union distinct

select customer_id
from {{ ref('int_changes__accounts') }}
where customer_id is not null
