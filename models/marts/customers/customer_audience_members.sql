{# Every rule of every audience, held against every customer on every day of the history. #}
with

facts as (

    select * from {{ ref('customer_audience_facts') }}

),

audiences as (

    select * from {{ ref('dim_audiences') }}

)

select
    audiences.audience_name,
    facts.customer_id,
    facts.source_name,
    facts.as_of_date,
    facts.is_today
from facts
inner join audiences
    on
        (audiences.active_from_date is null or facts.as_of_date >= audiences.active_from_date)
        and {{ audience_membership("facts", "audiences.audience_name") }}
-- Most are in no audience, which is told in one look at each.
where {{ is_in_an_audience("facts") }}
