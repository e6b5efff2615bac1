-- What a person has decided is one customer is one customer.
select
    overrides.account_id_a,
    overrides.account_id_b,
    overrides.reason
from {{ ref('identity_overrides') }} as overrides
inner join {{ ref('int_identity__customers') }} as left_customer
    on overrides.account_id_a = left_customer.account_id
inner join {{ ref('int_identity__customers') }} as right_customer
    on overrides.account_id_b = right_customer.account_id
where
    overrides.decision = 'merge'
    and left_customer.customer_id <> right_customer.customer_id
