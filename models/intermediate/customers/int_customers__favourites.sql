{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['customer_id', 'int_changes__customers']]},
    indexes=[{'columns': ['customer_id'], 'unique': true}]
) }}
{%- set changed = ref('int_changes__customers') %}
{%- set cut = 'where customer_id in (select customer_id from ' ~ changed ~ ')' %}
{#
    The channel of most orders and the category that most was spent on. Ties: more spent, then more
    pieces, then the first by name.
#}
with

channels as (

    select
        customer_id,
        channel,
        row_number() over (
            partition by customer_id
            order by sum(order_count) desc, sum(net_revenue_amount) desc, channel asc
        ) as channel_rank
    from {{ ref('int_customers__channel_months') }}
    {{ if_restating(cut) }}
    group by customer_id, channel

),

categories as (

    select
        customer_id,
        category,
        row_number() over (
            partition by customer_id
            order by sum(net_revenue_amount) desc, sum(unit_count) desc, category asc
        ) as category_rank
    from {{ ref('int_customers__category_months') }}
    {{ if_restating(cut) }}
    group by customer_id, category

),

first_ones as (

    select
        customer_id,
        channel,
        cast(null as {{ dbt.type_string() }}) as category
    from channels
    where channel_rank = 1
    union all
    select
        customer_id,
        cast(null as {{ dbt.type_string() }}) as channel,
        category
    from categories
    where category_rank = 1

)

select
    customer_id,
    max(channel) as favourite_channel,
    max(category) as favourite_category
from first_ones
group by customer_id
