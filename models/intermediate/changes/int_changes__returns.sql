{#
    Returns to work out anew: those with new rows, those that name an order which is worked out anew,
    and those of a product that counts otherwise. With what they were before.
    Empty when everything is built.
#}
{%- set earlier_returns = as_built_before('int_sales__returns') %}
{%- set changed_products = ref('int_changes__products') %}
with

touched as (

    select
        source_name,
        return_id,
        return_number
    from {{ ref('int_changes__landed_returns') }}

    union distinct

    select
        source_name,
        source_name || ':' || return_number as return_id,
        return_number
    from {{ ref('stg_shop__returns') }}
    where (source_name, order_number) in (
        select
            source_name,
            order_number
        from {{ ref('int_changes__orders') }}
    )
    {% if is_restating() %}
    union distinct

    select
        source_name,
        return_id,
        substr(return_id, length(source_name) + 2) as return_number
    from {{ earlier_returns }}
    where product_id in (select product_id from {{ changed_products }})
    {% endif %}

)

select
    touched.source_name,
    touched.return_id,
    touched.return_number,
    {% if is_restating() %}
    earlier.customer_id as old_customer_id,
    earlier.order_id as old_order_id,
    earlier.return_date as old_return_date
    {% else %}
    cast(null as {{ dbt.type_string() }}) as old_customer_id,
    cast(null as {{ dbt.type_string() }}) as old_order_id,
    cast(null as date) as old_return_date
    {% endif %}
from touched
{% if is_restating() %}
left join {{ earlier_returns }} as earlier on touched.return_id = earlier.return_id
{% endif %}
