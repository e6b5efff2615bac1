-- Training joins features to labels: a row that one side lacks drops out of the training set, and
-- those who drop out are seldom like the others.
with

features as (

    select
        ftr_subscriptions.subscription_id,
        ftr_subscriptions.as_of_date
    from {{ ref('ftr_subscriptions') }} as ftr_subscriptions
    inner join {{ ref('ftr_subscription_dates') }} as as_of_dates
        on
            ftr_subscriptions.source_name = as_of_dates.source_name
            and ftr_subscriptions.as_of_date = as_of_dates.as_of_date
    where as_of_dates.is_label_complete

)

select
    features.subscription_id as feature_subscription_id,
    labels.subscription_id as label_subscription_id,
    coalesce(features.as_of_date, labels.as_of_date) as as_of_date
from features
full outer join {{ ref('lbl_subscriptions') }} as labels
    on
        features.subscription_id = labels.subscription_id
        and features.as_of_date = labels.as_of_date
where features.subscription_id is null or labels.subscription_id is null
