{{ config(tags=['every_row']) }}
-- Scoring reads today's feature rows: a customer without one gets no churn score and no segment.
with

customers as (

    select
        orders.customer_id,
        today.as_of_date
    from {{ ref('fct_orders') }} as orders
    inner join {{ ref('dim_customers') }} as customers
        on orders.customer_id = customers.customer_id and orders.currency = customers.currency
    inner join {{ ref('int_calendar__today') }} as today
        on customers.source_name = today.source_name
    where orders.order_date < today.as_of_date
    group by orders.customer_id, today.as_of_date

)

select
    customers.customer_id,
    customers.as_of_date
from customers
left join {{ ref('ftr_customers') }} as features
    on
        customers.customer_id = features.customer_id
        and customers.as_of_date = features.as_of_date
where features.customer_id is null
