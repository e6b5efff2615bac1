{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['return_id', 'int_changes__returns']]},
    indexes=[{'columns': ['return_id']}]
) }}
with

returned as (

    select
        *,
        source_name || ':' || order_number
        || '/' || cast(line_number as {{ dbt.type_string() }}) as order_item_id
    from {{ ref('stg_shop__returns') }}
    {{ if_restating(
        'where (source_name, return_number) in (select source_name, return_number from '
        ~ ref('int_changes__returns') ~ ')'
    ) }}

),

items as (

    select * from {{ ref('int_shop__order_items') }}
    where order_id in (
        select returned.source_name || ':' || returned.order_number
        from returned
    )

),

orders as (

    select distinct
        order_id,
        account_id,
        currency
    from items

),

products as (

    select
        product_id,
        product_kind
    from {{ ref('int_shop__products') }}

),

currencies as (

    select * from {{ ref('int_sales__currencies') }}

)

select
    returned.source_name,
    returned.source_name || ':' || returned.return_number as return_id,
    coalesce(items.order_id, orders.order_id) as order_id,
    items.order_item_id,
    coalesce(
        items.account_id, orders.account_id, returned.source_name || ':' || returned.customer_number
    ) as account_id,
    coalesce(items.product_id, returned.source_name || ':' || returned.product_code) as product_id,
    coalesce(items.product_kind, products.product_kind, 'product') as product_kind,
    coalesce(items.currency, orders.currency, currencies.currency) as currency,
    returned.quantity,
    returned.refund_amount as returned_amount,
    returned.returned_at
from returned
left join items on returned.order_item_id = items.order_item_id
left join orders on returned.source_name || ':' || returned.order_number = orders.order_id
left join products on returned.source_name || ':' || returned.product_code = products.product_id
left join currencies on returned.source_name = currencies.source_name
