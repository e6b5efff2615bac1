{#
    Orders to work out anew: those with new rows, those of accounts that belong to another customer
    now, those with a product that costs or counts otherwise, and those of customers who moved to
    another country, which their orders without one take over. With what they were before.
    Empty when everything is built.
#}
{%- set earlier_orders = as_built_before('int_sales__orders') %}
{%- set earlier_items = as_built_before('int_sales__order_items') %}
{%- set changed_products = ref('int_changes__products') %}
with

moved as (

    select account_id
    from {{ ref('int_changes__accounts') }}
    where old_customer_id is distinct from customer_id

    union distinct

    select source_name || ':' || customer_number as account_id
    from {{ ref('base_shop__customers') }}
    where {{ is_new_in_base() }} and customer_number is not null
    group by source_name, customer_number
    having count(distinct coalesce(country, '')) > 1

),

touched as (

    select
        source_name,
        order_id
    from {{ ref('int_changes__landed_orders') }}
    {% if is_restating() %}
    union distinct

    select
        source_name,
        order_id
    from {{ earlier_orders }}
    where account_id in (select account_id from moved)

    union distinct

    select distinct
        source_name,
        order_id
    from {{ earlier_items }}
    where product_id in (select product_id from {{ changed_products }})
    {% endif %}

)

select
    touched.source_name,
    touched.order_id,
    {# The shop's own number, by which staging can be looked up. #}
    substr(touched.order_id, length(touched.source_name) + 2) as order_number,
    {% if is_restating() %}
    earlier.customer_id as old_customer_id,
    earlier.order_date as old_order_date
    {% else %}
    cast(null as {{ dbt.type_string() }}) as old_customer_id,
    cast(null as date) as old_order_date
    {% endif %}
from touched
{% if is_restating() %}
left join {{ earlier_orders }} as earlier on touched.order_id = earlier.order_id
{% endif %}
