{#
    Days on which the cohorts did something else than before: days of changed orders and returns; of
    orders that other returns may belong to now; all days of customers whose first order may be
    another; and those that are past now and were not. Empty when everything is built.
#}
{%- set earlier_returns = as_built_before('int_cohorts__returns') %}
with

changed as (

    select * from {{ ref('int_changes__customers') }}

),

moved as (

    select changed.customer_id
    from changed
    inner join {{ ref('int_sales__first_orders') }} as firsts
        on changed.customer_id = firsts.customer_id
    group by changed.customer_id
    having min(changed.changed_since_date) <= min(firsts.first_order_date)

),

returned as (

    select
        returned.customer_id,
        returned.return_date,
        orders.order_date,
        changed.changed_since_date
    from {{ ref('int_sales__returns') }} as returned
    inner join changed on returned.customer_id = changed.customer_id
    left join {{ ref('int_sales__orders') }} as orders on returned.order_id = orders.order_id
    {% if is_restating() %}
    union all

    select
        earlier.customer_id,
        earlier.return_date,
        earlier.order_date,
        changed.changed_since_date
    from {{ earlier_returns }} as earlier
    inner join changed on earlier.customer_id = changed.customer_id
    {% endif %}

),

passed as (

    select * from {{ ref('int_changes__passed_returns') }}

),

days as (

    select order_date as changed_date
    from {{ ref('int_changes__order_days') }}

    union distinct

    select old_return_date as changed_date
    from {{ ref('int_changes__returns') }}

    union distinct

    select orders.order_date as changed_date
    from {{ ref('int_sales__order_history') }} as orders
    inner join moved on orders.customer_id = moved.customer_id

    union distinct

    select returned.order_date as changed_date
    from returned
    left join moved on returned.customer_id = moved.customer_id
    where moved.customer_id is not null or returned.return_date >= returned.changed_since_date

    union distinct

    select returned.return_date as changed_date
    from returned
    left join moved on returned.customer_id = moved.customer_id
    where moved.customer_id is not null or returned.return_date >= returned.changed_since_date

    union distinct

    select order_date as changed_date
    from {{ ref('int_changes__passed_orders') }}

    union distinct

    select return_date as changed_date
    from passed

    union distinct

    -- They count in the month of the order too.
    select orders.order_date as changed_date
    from passed
    inner join {{ ref('int_sales__orders') }} as orders on passed.order_id = orders.order_id

)

select distinct changed_date
from days
where changed_date is not null
