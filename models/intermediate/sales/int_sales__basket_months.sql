{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['source_name, month_start_date', 'int_changes__months']]},
    indexes=[{'columns': ['source_name', 'month_start_date']}]
) }}
{%- set changed = ref('int_changes__months') %}
{# Orders of a month by how much was in them, counted in different products and in pieces. #}
with

orders as (

    select
        source_name,
        {{ month_start("order_date") }} as month_start_date,
        product_count,
        unit_count,
        net_revenue_amount
    from {{ ref('int_sales__orders') }}
    {{ if_restating(
        'where order_date >= (select min(month_start_date) from ' ~ changed ~ ')'
        ~ ' and (source_name, ' ~ month_start('order_date') ~ ') in'
        ~ ' (select source_name, month_start_date from ' ~ changed ~ ')'
    ) }}

),

measured as (

    select
        source_name,
        month_start_date,
        'products' as size_measure,
        {{ band_floor("product_count", var("basket_size_limits")) }} as from_count,
        unit_count,
        net_revenue_amount
    from orders

    union all

    select
        source_name,
        month_start_date,
        'units' as size_measure,
        {{ band_floor("unit_count", var("basket_size_limits")) }} as from_count,
        unit_count,
        net_revenue_amount
    from orders

),

cells as (

    select
        source_name,
        month_start_date,
        size_measure,
        cast(from_count as int) as from_count,
        cast(count(*) as int) as order_count,
        cast(sum(unit_count) as bigint) as unit_count,
        cast(sum(net_revenue_amount) as {{ money_type() }}) as net_revenue_amount
    from measured
    group by source_name, month_start_date, size_measure, from_count

)

select * from cells
