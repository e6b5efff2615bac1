{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['source_name, month_start_date', 'int_changes__months']]},
    indexes=[{'columns': ['source_name', 'month_start_date']}]
) }}
{%- set changed = ref('int_changes__months') %}
{#
    Lines of goods of a month by the price of one piece before discount, or what a piece came to where
    a shop tells only the sum.
#}
with

items as (

    select
        source_name,
        {{ month_start("order_date") }} as month_start_date,
        order_id,
        {{ band_floor(
            "coalesce(unit_price, gross_amount / nullif(quantity, 0))", var("price_band_limits")
        ) }} as price_from_amount,
        quantity,
        gross_amount,
        discount_amount,
        net_revenue_amount
    from {{ ref('int_sales__order_items') }}
    where
        product_kind = 'product'
        {{ if_restating(
        'and order_date >= (select min(month_start_date) from ' ~ changed ~ ')'
        ~ ' and (source_name, ' ~ month_start('order_date') ~ ') in'
        ~ ' (select source_name, month_start_date from ' ~ changed ~ ')'
    ) }}

),

cells as (

    select
        source_name,
        month_start_date,
        price_from_amount,
        cast(count(distinct order_id) as int) as order_count,
        cast(count(*) as int) as line_count,
        cast(sum(quantity) as bigint) as unit_count,
        cast(sum(gross_amount) as {{ money_type() }}) as gross_amount,
        cast(sum(discount_amount) as {{ money_type() }}) as discount_amount,
        cast(sum(net_revenue_amount) as {{ money_type() }}) as net_revenue_amount
    from items
    group by source_name, month_start_date, price_from_amount

)

select * from cells
