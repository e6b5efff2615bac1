{{ config(tags=['every_row']) }}
-- Training joins features to labels: a row that one side lacks drops out of the training set, and
-- those who drop out are seldom like the others.
with

features as (

    select
        ftr_customers.customer_id,
        ftr_customers.as_of_date
    from {{ ref('ftr_customers') }} as ftr_customers
    inner join {{ ref('ftr_as_of_dates') }} as as_of_dates
        on
            ftr_customers.source_name = as_of_dates.source_name
            and ftr_customers.as_of_date = as_of_dates.as_of_date
    where as_of_dates.is_label_complete

)

select
    features.customer_id as feature_customer_id,
    labels.customer_id as label_customer_id,
    coalesce(features.as_of_date, labels.as_of_date) as as_of_date
from features
full outer join {{ ref('lbl_customers') }} as labels
    on
        features.customer_id = labels.customer_id
        and features.as_of_date = labels.as_of_date
where features.customer_id is null or labels.customer_id is null
