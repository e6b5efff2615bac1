{# Months of which orders or returns are others than before. Empty when everything is built. #}
with

days as (

    select
        source_name,
        order_date as changed_date
    from {{ ref('int_changes__order_days') }}

    union all

    select
        source_name,
        old_return_date as changed_date
    from {{ ref('int_changes__returns') }}

    union all

    select
        source_name,
        cast(returned_at as date) as changed_date
    from {{ ref('int_conformed__returns') }}
    where return_id in (select return_id from {{ ref('int_changes__returns') }})

)

select distinct
    source_name,
    {{ month_start("changed_date") }} as month_start_date
from days
where changed_date is not null
