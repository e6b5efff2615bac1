{{ config(tags=['every_row']) }}
-- Where a day that was scored has labels of the same horizon, what monitoring says happened is what
-- the models learn from. Both are counted from orders, by different roads.
select
    outcomes.customer_id,
    outcomes.as_of_date,
    outcomes.is_churned,
    labels.is_churned as is_churned_by_label
from {{ ref('churn_outcomes') }} as outcomes
inner join {{ ref('lbl_customers') }} as labels
    on
        outcomes.customer_id = labels.customer_id
        and outcomes.as_of_date = labels.as_of_date
        and outcomes.source_name = labels.source_name
        and outcomes.horizon_days = labels.horizon_days
where outcomes.is_churned <> labels.is_churned
