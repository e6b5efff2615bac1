{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['source_name, month_start_date', 'int_changes__months']]},
    indexes=[{'columns': ['source_name', 'month_start_date']}]
) }}
{%- set changed = ref('int_changes__months') %}
{#
    A month of orders, whole and cut by country and by channel. Customers are counted once in each
    cell, so cells of a cut do not add up to the whole in them; in everything else they do.
#}
with

orders as (

    select
        source_name,
        {{ month_start("order_date") }} as month_start_date,
        coalesce(country, 'unknown') as country,
        coalesce(channel, 'unknown') as channel,
        currency,
        customer_id,
        line_count,
        unit_count,
        gross_amount,
        discount_amount,
        net_revenue_amount,
        gross_margin_amount,
        case when gross_margin_amount is not null then net_revenue_amount end
            as costed_net_revenue_amount
    from {{ ref('int_sales__orders') }}
    {{ if_restating(
        'where order_date >= (select min(month_start_date) from ' ~ changed ~ ')'
        ~ ' and (source_name, ' ~ month_start('order_date') ~ ') in'
        ~ ' (select source_name, month_start_date from ' ~ changed ~ ')'
    ) }}

),

cells as (

    select
        source_name,
        month_start_date,
        case
            when grouping(country) = 0 then 'country'
            when grouping(channel) = 0 then 'channel'
            else 'all'
        end as cut_name,
        coalesce(country, channel, 'all') as cut_value,
        max(currency) as currency,
        cast(count(*) as int) as order_count,
        cast(count(customer_id) as int) as known_order_count,
        cast(count(distinct customer_id) as int) as customer_count,
        cast(sum(line_count) as bigint) as line_count,
        cast(sum(unit_count) as bigint) as unit_count,
        cast(sum(gross_amount) as {{ money_type() }}) as gross_amount,
        cast(sum(discount_amount) as {{ money_type() }}) as discount_amount,
        cast(sum(net_revenue_amount) as {{ money_type() }}) as net_revenue_amount,
        -- Of the orders whose margin is known; null where that is none of them.
        cast(sum(gross_margin_amount) as {{ money_type() }}) as gross_margin_amount,
        cast(sum(costed_net_revenue_amount) as {{ money_type() }}) as costed_net_revenue_amount
    from orders
    group by grouping sets (
        (source_name, month_start_date),
        (source_name, month_start_date, country),
        (source_name, month_start_date, channel)
    )

)

select * from cells
