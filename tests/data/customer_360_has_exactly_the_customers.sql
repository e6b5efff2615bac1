-- The joins of customer_360 may add columns, never rows, and never drop any.
select
    customers.customer_id as dim_customer_id,
    wide.customer_id as wide_customer_id
from {{ ref('dim_customers') }} as customers
full outer join {{ ref('customer_360') }} as wide on customers.customer_id = wide.customer_id
where customers.customer_id is null or wide.customer_id is null
