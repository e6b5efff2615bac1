{#
    A view, so that it costs nothing a day and follows a customer who moves. A return whose purchase
    was not found is counted where its customer lives: else its money would lie in no country.
#}
{{ config(materialized="view") }}

with

returned as (

    select * from {{ ref('fct_returns') }}
    where is_goods

),

orders as (

    select
        order_id,
        country
    from {{ ref('fct_orders') }}

),

customers as (

    select
        customer_id,
        country
    from {{ ref('dim_customers') }}

)

select
    returned.return_id,
    returned.order_id,
    returned.customer_id,
    returned.product_id,
    returned.source_name,
    coalesce(orders.country, customers.country) as country,
    returned.currency,
    returned.is_matched,
    returned.quantity,
    returned.returned_amount,
    returned.return_date
from returned
left join orders on returned.order_id = orders.order_id
left join customers on returned.customer_id = customers.customer_id
