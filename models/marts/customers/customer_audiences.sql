{# Who is a member today, for how long: the open spans of the history. #}
select
    audience_name,
    customer_id,
    source_name,
    last_member_date as as_of_date,
    entered_after_date,
    entered_date
from {{ ref('customer_audience_history') }}
where is_current
