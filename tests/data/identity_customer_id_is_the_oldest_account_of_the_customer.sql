{{ config(tags=['every_row']) }}
-- The id of a customer is that of its account landed first: else a new account could change it.
with

members as (

    select
        customers.customer_id,
        clusters.cluster_key,
        min(landed.landing_rank) as first_landing_rank
    from {{ ref('int_identity__customers') }} as customers
    inner join {{ ref('int_identity__clusters') }} as clusters
        on customers.account_id = clusters.account_id
    inner join {{ ref('int_identity__accounts') }} as landed
        on customers.account_id = landed.account_id
    group by customers.customer_id, clusters.cluster_key

)

select
    members.customer_id,
    members.cluster_key
from members
left join {{ ref('int_identity__accounts') }} as landed
    on members.customer_id = landed.account_id
left join {{ ref('int_identity__clusters') }} as clusters
    on members.customer_id = clusters.account_id
where
    landed.landing_rank is null
    or landed.landing_rank <> members.first_landing_rank
    or clusters.cluster_key <> members.cluster_key
