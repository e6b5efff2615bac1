{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [
        ['customer_id', 'int_changes__customers'],
        ['return_id', 'int_changes__returns']
    ]},
    indexes=[{'columns': ['customer_id']}, {'columns': ['return_id']}, {'columns': ['order_id']}]
) }}
{%- set changed_customers = ref('int_changes__customers') %}
{%- set changed_returns = ref('int_changes__returns') %}
{#
    Returns, each held against the purchase that it reverses. Where the shop names none, it is the
    customer's latest purchase of the product before the return that still has as many pieces
    left: a piece comes back once. Rounds: in each, every open return asks for its latest fitting
    purchase; of those that ask for the same one the earliest are served, as far as its pieces
    go, and the others ask again in the next round. What is left stays unmatched and is counted.
#}
{% set rounds = 6 %}
{% set purchase = 'order_item_id, order_id, customer_id, product_id, ordered_at' %}
with

reported as (

    select * from {{ ref('int_conformed__returns') }}

),

customers as (

    select
        account_id,
        customer_id
    from {{ ref('int_identity__customers') }}

),

unioned as (

    select
        reported.*,
        customers.customer_id
    from reported
    left join customers on reported.account_id = customers.account_id
    {{ if_restating(
        'where reported.return_id in (select return_id from ' ~ changed_returns ~ ')'
        ~ ' or customers.customer_id in (select customer_id from ' ~ changed_customers ~ ')'
    ) }}

),

items as (

    select
        order_item_id,
        order_id,
        customer_id,
        product_id,
        quantity,
        ordered_at
    from {{ ref('int_sales__order_items') }}
    where
        customer_id is not null and product_id is not null
        {{ if_restating(
            'and order_id in (select order_id from ' ~ ref('int_sales__orders')
            ~ ' where customer_id in (select customer_id from ' ~ changed_customers ~ '))'
        ) }}

),

named as (

    select
        order_item_id,
        sum(quantity) as returned_quantity
    from unioned
    where order_item_id is not null
    group by order_item_id

),

open_0 as (

    select
        return_id,
        order_id,
        customer_id,
        product_id,
        quantity,
        returned_at
    from unioned
    where order_item_id is null and customer_id is not null and product_id is not null

),

wanted as (

    select distinct
        customer_id,
        product_id
    from open_0

),

free_0 as (

    select
        items.order_item_id,
        items.order_id,
        items.customer_id,
        items.product_id,
        items.ordered_at,
        items.quantity - coalesce(named.returned_quantity, 0) as free_quantity
    from items
    inner join wanted
        on items.customer_id = wanted.customer_id and items.product_id = wanted.product_id
    left join named on items.order_item_id = named.order_item_id

),
{% for round in range(1, rounds + 1) %}
asked_{{ round }} as (

    select
        returned.return_id,
        returned.order_id as named_order_id,
        returned.quantity,
        returned.returned_at,
        sold.*,
        row_number() over (
            partition by returned.return_id
            order by sold.ordered_at desc, sold.order_item_id desc
        ) as choice
    from open_{{ round - 1 }} as returned
    inner join free_{{ round - 1 }} as sold
        on
            returned.customer_id = sold.customer_id
            and returned.product_id = sold.product_id
            and (returned.order_id is null or returned.order_id = sold.order_id)
            and returned.returned_at >= sold.ordered_at
            and returned.quantity <= sold.free_quantity

),

claimed_{{ round }} as (

    select
        *,
        sum(quantity) over (
            partition by order_item_id
            order by returned_at, return_id
            rows between unbounded preceding and current row
        ) as claimed_quantity
    from asked_{{ round }}
    where choice = 1

),

matched_{{ round }} as (

    select *
    from claimed_{{ round }}
    where claimed_quantity <= free_quantity

),
{% if not loop.last %}
open_{{ round }} as (

    -- Who found nothing to ask for will not find it later: what is free only shrinks.
    select
        return_id,
        named_order_id as order_id,
        customer_id,
        product_id,
        quantity,
        returned_at
    from claimed_{{ round }}
    where claimed_quantity > free_quantity

),

free_{{ round }} as (

    -- Added up and not joined: Postgres cannot know how many rows a round leaves, and took the
    -- loop of a join over thousands for one over a single row.
    select
        {{ purchase }},
        sum(free_quantity) as free_quantity
    from (
        select * from free_{{ round - 1 }}
        union all
        select
            {{ purchase }},
            -quantity as free_quantity
        from matched_{{ round }}
    ) as changes
    group by {{ purchase }}

),
{% endif %}
{% endfor %}
matched as (
    {% for round in range(1, rounds + 1) %}
    select
        return_id,
        order_id,
        order_item_id
    from matched_{{ round }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    unioned.source_name,
    unioned.return_id,
    coalesce(unioned.order_id, matched.order_id) as order_id,
    coalesce(unioned.order_item_id, matched.order_item_id) as order_item_id,
    unioned.account_id,
    unioned.customer_id,
    unioned.product_id,
    unioned.product_kind,
    unioned.product_kind not in ('postage', 'fee') as is_goods,
    unioned.currency,
    unioned.quantity,
    unioned.returned_amount,
    coalesce(unioned.order_item_id, matched.order_item_id) is not null as is_matched,
    unioned.returned_at,
    cast(unioned.returned_at as date) as return_date
from unioned
left join matched on unioned.return_id = matched.return_id
