{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['order_id', 'int_changes__orders']]},
    indexes=[{'columns': ['order_id']}, {'columns': ['order_date']}]
) }}
{#
    What is sold and what is charged beside it: postage and fees that a shop books as lines are no
    revenue from goods, and stand in columns of their own.
#}
with

unioned as (

    select * from {{ ref('int_conformed__order_items') }}
    {{ if_restating(
        'where order_id in (select order_id from ' ~ ref('int_changes__orders') ~ ')'
    ) }}

),

customers as (

    select
        account_id,
        customer_id
    from {{ ref('int_identity__customers') }}

),

classified as (

    select
        unioned.*,
        customers.customer_id,
        unioned.product_kind not in ('postage', 'fee') as is_goods
    from unioned
    left join customers on unioned.account_id = customers.account_id

)

select
    source_name,
    order_item_id,
    order_id,
    account_id,
    customer_id,
    product_id,
    product_kind,
    is_goods,
    channel,
    country,
    currency,
    quantity,
    unit_price,
    cast(case when is_goods then gross_amount else 0 end as {{ money_type() }}) as gross_amount,
    cast(case when is_goods then discount_amount else 0 end as {{ money_type() }})
        as discount_amount,
    cast(case when is_goods then net_revenue_amount else 0 end as {{ money_type() }})
        as net_revenue_amount,
    tax_amount,
    cast(
        case
            when product_kind = 'postage' then coalesce(shipping_amount, 0) + net_revenue_amount
            else shipping_amount
        end
        as {{ money_type() }}
    ) as shipping_amount,
    cast(case when product_kind = 'fee' then net_revenue_amount else 0 end as {{ money_type() }})
        as fee_amount,
    cost_amount,
    cast(case when is_goods then net_revenue_amount - cost_amount end as {{ money_type() }})
        as gross_margin_amount,
    ordered_at,
    cast(ordered_at as date) as order_date
from classified
