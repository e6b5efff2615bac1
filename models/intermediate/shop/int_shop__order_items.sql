{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['order_id', 'int_changes__orders']]},
    indexes=[{'columns': ['order_id']}]
) }}
{%- set changed = ref('int_changes__orders') %}
{%- set cut = 'where (source_name, order_number) in (select source_name, order_number from '
    ~ changed ~ ')' %}
with

items as (

    select
        *,
        cast(quantity * unit_price as {{ money_type() }}) as gross_amount,
        cast(quantity * unit_price - discount_amount as {{ money_type() }}) as paid_before_coupon
    from {{ ref('stg_shop__order_items') }}
    {{ if_restating(cut) }}

),

orders as (

    select
        *,
        {{ shop_account_id() }} as account_id
    from {{ ref('stg_shop__orders') }}
    where order_status = 'completed'

),

products as (

    select * from {{ ref('int_shop__products') }}

),

customers as (

    select * from {{ ref('stg_shop__customers') }}

),

priced as (

    select
        items.*,
        orders.account_id,
        orders.channel,
        orders.currency,
        coalesce(orders.country, customers.country) as country,
        orders.ordered_at,
        products.product_id,
        products.product_kind,
        cast(items.quantity * products.unit_cost as {{ money_type() }}) as cost_amount,
        orders.discount_amount as order_discount_amount,
        orders.shipping_amount as order_shipping_amount,
        orders.tax_amount as order_tax_amount,
        sum(items.paid_before_coupon) over (
            partition by items.source_name, items.order_number
        ) as order_amount
    from items
    inner join orders
        on items.source_name = orders.source_name and items.order_number = orders.order_number
    left join customers
        on
            orders.source_name = customers.source_name
            and orders.customer_number = customers.customer_number
    inner join products
        on
            items.source_name = products.source_name
            and items.product_code = products.source_product_id

),

weighted as (

    -- What is charged for the whole order is borne by its lines, by value, or evenly where
    -- they are worth nothing. A coupon takes no more than the order is worth.
    select
        *,
        least(order_discount_amount, order_amount) as coupon_amount,
        case when order_amount = 0 then 1 else paid_before_coupon end as line_weight
    from priced

),

running as (

    select
        *,
        sum(line_weight) over (partition by source_name, order_number) as weight_total,
        sum(line_weight) over (
            partition by source_name, order_number
            order by line_number
            rows between unbounded preceding and current row
        ) as weight_up_to_line
    from weighted

),

bounded as (

    select
        *,
        weight_up_to_line - line_weight as weight_before_line
    from running

),

shared as (

    select
        *,
        {{ share_of_order('coupon_amount') }} as coupon_share_amount,
        {{ share_of_order('order_shipping_amount') }} as shipping_share_amount,
        {{ share_of_order('order_tax_amount') }} as tax_share_amount
    from bounded

)

select
    source_name,
    source_name || ':' || order_number
    || '/' || cast(line_number as {{ dbt.type_string() }}) as order_item_id,
    source_name || ':' || order_number as order_id,
    account_id,
    product_id,
    product_kind,
    coalesce(channel, 'unknown') as channel,
    country,
    currency,
    quantity,
    unit_price,
    gross_amount,
    cast(discount_amount + coupon_share_amount as {{ money_type() }}) as discount_amount,
    cast(paid_before_coupon - coupon_share_amount as {{ money_type() }}) as net_revenue_amount,
    cast(coalesce(tax_share_amount, tax_amount) as {{ money_type() }}) as tax_amount,
    cast(shipping_share_amount as {{ money_type() }}) as shipping_amount,
    cost_amount,
    ordered_at
from shared
