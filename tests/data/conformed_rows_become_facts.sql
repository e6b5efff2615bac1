{{ config(tags=['every_row']) }}
-- Nothing lost between the sources and the marts: every conformed row is a fact, whatever it joins,
-- and none is there twice.
{% set facts = {
    "order_items": "fct_order_items",
    "returns": "fct_returns",
    "reviews": "fct_reviews",
    "events": "fct_events",
    "subscriptions": "fct_subscriptions",
    "products": "dim_products",
} %}
with

expected as (

    {% for entity in facts %}
    {% for model in conformed_models(entity) %}
    select
        '{{ entity }}' as entity,
        source_name,
        count(*) as row_count
    from {{ ref(model) }}
    group by source_name
    union all
    {% endfor %}
    {% endfor %}
    select
        'accounts' as entity,
        source_name,
        count(*) as row_count
    from {{ ref('int_customers__accounts') }}
    group by source_name

),

found as (

    {% for entity, fact in facts.items() %}
    select
        '{{ entity }}' as entity,
        source_name,
        count(*) as row_count
    from {{ ref(fact) }}
    group by source_name
    union all
    {% endfor %}
    select
        'accounts' as entity,
        source_name,
        count(*) as row_count
    from {{ ref('int_identity__customers') }}
    group by source_name

)

select
    expected.entity,
    expected.source_name,
    expected.row_count as expected_row_count,
    found.row_count as fact_row_count
from expected
left join found
    on expected.entity = found.entity and expected.source_name = found.source_name
where expected.row_count <> coalesce(found.row_count, 0)
