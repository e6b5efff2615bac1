{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [
        ['source_name, as_of_date', 'int_changes__as_of_dates'],
        ['customer_id, as_of_date', 'int_changes__customer_dates']
    ]},
    indexes=[{'columns': ['as_of_date', 'source_name']}, {'columns': ['customer_id']}]
) }}
with

as_of_dates as (

    select * from {{ ref('int_calendar__as_of_dates') }}

),

returned as (

    select
        returned.customer_id,
        customers.source_name,
        returned.return_date as known_date,
        returned.returned_amount
    from {{ ref('int_sales__returns') }} as returned
    inner join {{ ref('int_customers__customers') }} as customers
        on returned.customer_id = customers.customer_id
    inner join {{ ref('int_sales__currencies') }} as currencies
        on
            customers.source_name = currencies.source_name
            and returned.currency = currencies.currency
    where returned.is_goods

),

known as (

    {{ known_as_of("returned") }}

)

select
    as_of_date,
    customer_id,
    source_name,
    cast(count(*) as int) as return_count,
    cast(sum(returned_amount) as {{ money_type() }}) as returned_amount
from known
group by as_of_date, customer_id, source_name
-- Date by date, for those who read or replace one.
order by as_of_date
