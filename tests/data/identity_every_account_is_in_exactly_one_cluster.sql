{{ config(tags=['every_row']) }}
-- An account without a cluster would lose its orders, one with two would double them.
select
    landed.account_id,
    count(clusters.account_id) as cluster_count
from {{ ref('int_identity__accounts') }} as landed
full outer join {{ ref('int_identity__clusters') }} as clusters
    on landed.account_id = clusters.account_id
group by landed.account_id
having count(clusters.account_id) <> 1 or landed.account_id is null
