{# Orders of which rows have come since the last build. Empty when everything is built. #}
with

shop_orders as (

    select
        source_name,
        order_number
    from {{ ref('base_shop__orders') }}
    where {{ is_new_in_base() }} and order_number is not null

    union distinct

    select
        source_name,
        order_number
    from {{ ref('base_shop__order_items') }}
    where {{ is_new_in_base() }} and order_number is not null

),

landed as (

    select * from shop_orders
    {% if is_source_enabled('online_retail') %}
    union distinct

    select
        'online_retail' as source_name,
        invoice_number as order_number
    from {{ ref('base_online_retail__lines') }}
    where {{ is_new_in_base() }} and invoice_number is not null
    {% endif %}

)

select
    source_name,
    order_number,
    source_name || ':' || order_number as order_id
from landed
