{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['source_name, month_start_date', 'int_changes__months']]},
    indexes=[{'columns': ['source_name', 'month_start_date']}]
) }}
{%- set changed = ref('int_changes__months') %}
{#
    What a product did in a month: sold by the day of the order, returned by the day of the return.
    Lines of shops that name no products are there without one, so that months add up.
#}
with

sold as (

    select
        source_name,
        {{ month_start("order_date") }} as month_start_date,
        product_id,
        count(distinct order_id) as order_count,
        count(*) as line_count,
        sum(quantity) as unit_count,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(net_revenue_amount) as net_revenue_amount,
        -- Of the lines whose cost is known; null where that is none of them.
        sum(gross_margin_amount) as gross_margin_amount,
        sum(case when gross_margin_amount is not null then net_revenue_amount end)
            as costed_net_revenue_amount,
        min(unit_price) as min_unit_price_amount,
        max(unit_price) as max_unit_price_amount,
        min(order_date) as first_sold_date,
        max(order_date) as last_sold_date
    from {{ ref('int_sales__order_items') }}
    {{ if_restating(
        'where order_date >= (select min(month_start_date) from ' ~ changed ~ ')'
        ~ ' and (source_name, ' ~ month_start('order_date') ~ ') in'
        ~ ' (select source_name, month_start_date from ' ~ changed ~ ')'
    ) }}
    group by source_name, {{ month_start("order_date") }}, product_id

),

returned as (

    select
        source_name,
        {{ month_start("return_date") }} as month_start_date,
        product_id,
        count(*) as return_count,
        sum(quantity) as returned_unit_count,
        sum(returned_amount) as returned_amount,
        sum(case when is_goods then returned_amount else 0 end) as returned_goods_amount,
        max(return_date) as last_return_date
    from {{ ref('int_sales__returns') }}
    {{ if_restating(
        'where return_date >= (select min(month_start_date) from ' ~ changed ~ ')'
        ~ ' and (source_name, ' ~ month_start('return_date') ~ ') in'
        ~ ' (select source_name, month_start_date from ' ~ changed ~ ')'
    ) }}
    group by source_name, {{ month_start("return_date") }}, product_id

),

unioned as (

    -- One below the other and added up: a join would lose what names no product.
    select
        sold.*,
        0 as return_count,
        0 as returned_unit_count,
        0 as returned_amount,
        0 as returned_goods_amount,
        cast(null as date) as last_return_date
    from sold

    union all

    select
        source_name,
        month_start_date,
        product_id,
        0 as order_count,
        0 as line_count,
        0 as unit_count,
        0 as gross_amount,
        0 as discount_amount,
        0 as net_revenue_amount,
        null as gross_margin_amount,
        null as costed_net_revenue_amount,
        null as min_unit_price_amount,
        null as max_unit_price_amount,
        null as first_sold_date,
        null as last_sold_date,
        return_count,
        returned_unit_count,
        returned_amount,
        returned_goods_amount,
        last_return_date
    from returned

),

cells as (

    select
        source_name,
        month_start_date,
        product_id,
        cast(sum(order_count) as int) as order_count,
        cast(sum(line_count) as int) as line_count,
        cast(sum(unit_count) as bigint) as unit_count,
        cast(sum(gross_amount) as {{ money_type() }}) as gross_amount,
        cast(sum(discount_amount) as {{ money_type() }}) as discount_amount,
        cast(sum(net_revenue_amount) as {{ money_type() }}) as net_revenue_amount,
        cast(sum(gross_margin_amount) as {{ money_type() }}) as gross_margin_amount,
        cast(sum(costed_net_revenue_amount) as {{ money_type() }}) as costed_net_revenue_amount,
        cast(max(min_unit_price_amount) as {{ money_type() }}) as min_unit_price_amount,
        cast(max(max_unit_price_amount) as {{ money_type() }}) as max_unit_price_amount,
        max(first_sold_date) as first_sold_date,
        max(last_sold_date) as last_sold_date,
        cast(sum(return_count) as int) as return_count,
        cast(sum(returned_unit_count) as bigint) as returned_unit_count,
        cast(sum(returned_amount) as {{ money_type() }}) as returned_amount,
        cast(sum(returned_goods_amount) as {{ money_type() }}) as returned_goods_amount,
        max(last_return_date) as last_return_date
    from unioned
    group by source_name, month_start_date, product_id

)

select * from cells
