{{ config(tags=['every_row']) }}
-- A label from an open window calls customers churned who have not had the time to come back.
select
    labels.customer_id,
    labels.as_of_date,
    labels.label_end_date,
    today.as_of_date as today_date
from {{ ref('lbl_customers') }} as labels
left join {{ ref('int_calendar__today') }} as today on labels.source_name = today.source_name
where
    today.as_of_date is null
    or labels.label_end_date > today.as_of_date
    or labels.label_end_date <> {{ add_days("labels.as_of_date", "labels.horizon_days") }}
