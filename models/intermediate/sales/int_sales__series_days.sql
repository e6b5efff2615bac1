{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['source_name, order_date', 'int_changes__order_days']]},
    indexes=[{'columns': ['source_name', 'order_date']}]
) }}
{#
    What was sold on each day as a whole, by country and by product, goods only. Categories are not
    here: a product that moves to another takes its past along, so they are added up where they are read.
#}
{%- set changed_days = 'and (source_name, order_date) in (select source_name, order_date from '
    ~ ref('int_changes__order_days') ~ ')' %}
{%- set order_minute = 'cast(extract(hour from ordered_at) as int) * 60'
    ~ ' + cast(extract(minute from ordered_at) as int)' %}
with

orders as (

    select
        source_name,
        order_date,
        net_revenue_amount,
        unit_count,
        coalesce(country, 'unknown') as country,
        {{ order_minute }} as order_minute
    from {{ ref('int_sales__orders') }}
    where
        line_count > 0
        {{ if_restating(changed_days) }}

),

order_products as (

    -- By order first: counting different orders would sort all lines.
    select
        source_name,
        order_date,
        product_id,
        order_id,
        sum(net_revenue_amount) as net_revenue_amount,
        sum(quantity) as unit_count,
        max({{ order_minute }}) as order_minute
    from {{ ref('int_sales__order_items') }}
    where
        is_goods
        and product_id is not null
        {{ if_restating(changed_days) }}
    group by source_name, order_date, product_id, order_id

),

series_days as (

    {% for level, key, rows in [
        ("total", "'all'", "orders"),
        ("country", "country", "orders"),
        ("product", "product_id", "order_products"),
    ] -%}
    select
        source_name,
        '{{ level }}' as series_level,
        {{ key }} as series_key,
        order_date,
        cast(sum(net_revenue_amount) as {{ money_type() }}) as net_revenue_amount,
        cast(sum(unit_count) as bigint) as unit_count,
        cast(count(*) as int) as order_count,
        max(order_minute) as last_order_minute
    from {{ rows }}
    group by source_name, order_date{{ "" if level == "total" else ", " ~ key }}
    {{ "" if loop.last else "union all" }}
    {% endfor %}

)

select
    source_name,
    cast(series_level as {{ dbt.type_string() }}) as series_level,
    cast(series_key as {{ dbt.type_string() }}) as series_key,
    order_date,
    net_revenue_amount,
    unit_count,
    order_count,
    cast(last_order_minute as int) as last_order_minute
from series_days
