with

as_of_dates as (

    select * from {{ ref('int_calendar__as_of_dates') }}

)

select
    as_of_dates.as_of_date,
    returned.customer_id,
    cast(count(*) as int) as return_count,
    cast(sum(returned.returned_amount) as {{ money_type() }}) as returned_amount
from {{ ref('int_sales__returns') }} as returned
inner join as_of_dates
    on
        returned.source_name = as_of_dates.source_name
        and returned.return_date < as_of_dates.as_of_date
where returned.customer_id is not null
group by as_of_dates.as_of_date, returned.customer_id
