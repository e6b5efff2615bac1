select
    source_name,
    account_id,
    account_id as customer_id
from {{ ref('int_customers__accounts') }}
