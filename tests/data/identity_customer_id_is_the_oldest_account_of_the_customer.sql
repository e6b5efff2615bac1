{{ config(tags=['every_row']) }}
-- The id of a customer is that of its account landed first: else a new account could change it.
with

members as (

    select
        customers.account_id,
        customers.customer_id,
        clusters.cluster_key,
        row_number() over (
            partition by customers.customer_id, clusters.cluster_key
            order by landed.first_batch_id, landed.first_row_number, landed.account_id
        ) as landing_rank
    from {{ ref('int_identity__customers') }} as customers
    inner join {{ ref('int_identity__clusters') }} as clusters
        on customers.account_id = clusters.account_id
    inner join {{ ref('int_identity__accounts') }} as landed
        on customers.account_id = landed.account_id

)

select
    customer_id,
    cluster_key,
    account_id
from members
where landing_rank = 1 and account_id <> customer_id
