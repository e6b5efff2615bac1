-- The shop's customers as it knows them: one account is one customer, nobody is merged.
create table dim_customers as
with

bought as (

    select
        customer_id,
        min(ordered_at) as first_ordered_at,
        max(ordered_at) as last_ordered_at,
        max(currency) as currency,
        cast(count(*) as int) as order_count,
        cast(sum(net_revenue_amount) as decimal(18, 4)) as net_revenue_amount
    from fct_orders
    where not is_guest
    group by customer_id

)

select
    'shop:' || customers.customer_id as customer_id,
    'shop' as source_name,
    customers.customer_id as source_customer_id,
    customers.full_name as customer_name,
    lower(customers.email) as email,
    cast(null as varchar) as phone,
    customers.country,
    customers.acquisition_channel,
    customers.signed_up_at,
    1 as account_count,
    false as is_guest_only,
    bought.first_ordered_at,
    bought.last_ordered_at,
    bought.currency,
    coalesce(bought.order_count, 0) as order_count,
    coalesce(bought.net_revenue_amount, 0) as net_revenue_amount
from customers
left join bought on 'shop:' || customers.customer_id = bought.customer_id
