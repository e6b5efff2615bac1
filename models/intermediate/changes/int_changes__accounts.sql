{# stub #}
select
    landed.account_id,
    linked.customer_id as old_customer_id,
    linked.customer_id
from {{ ref('int_changes__landed_accounts') }} as landed
left join {{ ref('int_identity__customers') }} as linked on landed.account_id = linked.account_id
