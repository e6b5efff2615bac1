{#
    The base of the churn rate: everyone who had bought in the horizon before the first of a month,
    and whether they bought in the horizon from it. A view over labels and features.
#}
{{ config(materialized='view') }}

with

labels as (

    -- Today and the days of extra_as_of_dates are as-of dates too: they would count a month twice.
    select * from {{ ref('lbl_customers') }}
    where as_of_date = cast({{ dbt.date_trunc("month", "as_of_date") }} as date)

),

past as (

    select
        as_of_date,
        customer_id,
        country,
        days_since_last_order
    from {{ ref('ftr_customers') }}

)

select
    labels.as_of_date,
    labels.customer_id,
    labels.source_name,
    nullif(past.country, 'unknown') as country,
    labels.horizon_days,
    labels.is_churned
from labels
inner join past
    on labels.customer_id = past.customer_id and labels.as_of_date = past.as_of_date
where past.days_since_last_order <= labels.horizon_days
