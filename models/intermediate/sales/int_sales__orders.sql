{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['order_id', 'int_changes__orders']]},
    indexes=[{'columns': ['order_id'], 'unique': true}, {'columns': ['customer_id']}, {'columns': ['account_id']}, {'columns': ['source_name', 'order_date']}]
) }}
with

items as (

    select * from {{ ref('int_sales__order_items') }}
    {{ if_restating(
        'where order_id in (select order_id from ' ~ ref('int_changes__orders') ~ ')'
    ) }}

)

-- All lines of an order name the same account, country and so on, to which the test
-- lines_agree_with_their_order holds them: grouping by these too would sort every
-- line by nine columns before products can be counted.
select
    min(source_name) as source_name,
    order_id,
    min(account_id) as account_id,
    min(customer_id) as customer_id,
    min(channel) as channel,
    min(country) as country,
    min(currency) as currency,
    min(ordered_at) as ordered_at,
    min(order_date) as order_date,
    cast(sum(case when is_goods then 1 else 0 end) as int) as line_count,
    cast(count(distinct case when is_goods then product_id end) as int) as product_count,
    cast(sum(case when is_goods then quantity else 0 end) as bigint) as unit_count,
    cast(sum(gross_amount) as {{ money_type() }}) as gross_amount,
    cast(sum(discount_amount) as {{ money_type() }}) as discount_amount,
    cast(sum(net_revenue_amount) as {{ money_type() }}) as net_revenue_amount,
    -- Null where the shop does not tell, for one line or for all.
    cast(sum(tax_amount) as {{ money_type() }}) as tax_amount,
    cast(sum(shipping_amount) as {{ money_type() }}) as shipping_amount,
    cast(sum(fee_amount) as {{ money_type() }}) as fee_amount,
    -- Unknown as soon as the cost of one line of goods is.
    cast(
        case
            when count(gross_margin_amount) = sum(case when is_goods then 1 else 0 end)
                then sum(gross_margin_amount)
        end
        as {{ money_type() }}
    ) as gross_margin_amount
from items
group by order_id
