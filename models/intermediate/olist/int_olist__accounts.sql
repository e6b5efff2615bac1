{{ config(enabled=is_source_enabled('olist')) }}
with

customers as (

    select
        customer_number,
        person_number
    from {{ ref('stg_olist__customers') }}

),

buyers as (

    select distinct customer_number from {{ ref('stg_olist__orders') }}
    where customer_number is not null

),

unlisted as (

    -- Where only the orders were loaded, they say who their customers are.
    select
        buyers.customer_number,
        cast(null as {{ dbt.type_string() }}) as person_number
    from buyers
    left join customers on buyers.customer_number = customers.customer_number
    where customers.customer_number is null

),

unioned as (

    select * from customers
    union all
    select * from unlisted

)

select
    'olist' as source_name,
    {{ entity_key('olist', 'customer_number') }} as account_id,
    customer_number as source_customer_id,
    cast(null as {{ dbt.type_string() }}) as customer_name,
    cast(null as {{ dbt.type_string() }}) as email,
    cast(null as {{ dbt.type_string() }}) as phone,
    person_number as account_reference,
    'Brazil' as country,
    cast(null as {{ dbt.type_string() }}) as acquisition_channel,
    cast(null as {{ dbt.type_timestamp() }}) as signed_up_at
from unioned
