with

unioned as (

    select * from {{ ref('int_conformed__events') }}

),

customers as (

    select
        account_id,
        customer_id
    from {{ ref('int_identity__customers') }}

)

select
    unioned.*,
    customers.customer_id
from unioned
left join customers on unioned.account_id = customers.account_id
