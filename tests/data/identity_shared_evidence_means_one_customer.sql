{{ config(tags=['every_row']) }}
-- Two accounts with the same evidence are one customer, unless the seed took them apart.
select
    evidence.identifier_type,
    evidence.identifier_hash,
    count(distinct customers.customer_id) as customer_count
from {{ ref('int_identity__evidence') }} as evidence
inner join {{ ref('int_identity__customers') }} as customers
    on evidence.account_id = customers.account_id
inner join {{ ref('int_identity__clusters') }} as clusters
    on evidence.account_id = clusters.account_id
where not clusters.is_split
group by evidence.identifier_type, evidence.identifier_hash
having count(distinct customers.customer_id) > 1
