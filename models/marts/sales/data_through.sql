{#
    How far the warehouse knows each source. Sums of monthly cells, so that asking costs nothing.
    A source that sells nothing (subscriptions only) is there by its loads.
#}
with

sources as (

    select source_name from {{ ref('int_landing__loads') }}
    union distinct
    select source_name from {{ ref('int_calendar__today') }}

),

warehouse as (

    select max(as_of_date) as as_of_date from {{ ref('int_calendar__today') }}

),

orders as (

    select
        source_name,
        cast(sum(order_count) as bigint) as order_count
    from {{ ref('int_sales__order_months') }}
    where cut_name = 'all'
    group by source_name

),

products as (

    select
        source_name,
        cast(sum(line_count) as bigint) as order_line_count,
        cast(sum(return_count) as bigint) as return_count,
        max(last_return_date) as last_return_date
    from {{ ref('int_products__product_months') }}
    group by source_name

),

customers as (

    select
        source_name,
        cast(count(*) as bigint) as customer_count
    from {{ ref('dim_customers') }}
    group by source_name

),

through as (

    select
        sources.source_name,
        today.as_of_date,
        today.first_order_date,
        today.last_order_date,
        products.last_return_date,
        loads.last_loaded_at,
        {{ days_between("today.last_order_date", "warehouse.as_of_date") }}
            as days_since_last_order,
        coalesce(loads.batch_count, 0) as batch_count,
        coalesce(loads.landed_row_count, 0) as landed_row_count,
        coalesce(customers.customer_count, 0) as customer_count,
        coalesce(orders.order_count, 0) as order_count,
        coalesce(products.order_line_count, 0) as order_line_count,
        coalesce(products.return_count, 0) as return_count
    from sources
    cross join warehouse
    left join {{ ref('int_calendar__today') }} as today
        on sources.source_name = today.source_name
    left join {{ ref('int_landing__loads') }} as loads
        on sources.source_name = loads.source_name
    left join orders on sources.source_name = orders.source_name
    left join products on sources.source_name = products.source_name
    left join customers on sources.source_name = customers.source_name

)

select * from through
