{#
    A scoring run holds a list in one row, its entries parted by chr(31): here they are taken apart,
    of the newest run only. A table with an index: the API asks for one customer, and the relations that a
    view would stand on are replaced by every build, which takes the view with them.
#}
{{ config(indexes=[{'columns': ['customer_id']}]) }}
{% set packed = {
    "product_ids": "product_id",
    "product_scores": "score_text",
    "candidate_sources": "candidate_source",
    "product_reasons": "reason",
    "expected_dates": "expected_text",
} %}
with

lists as (

    select * from {{ ref('stg_ml__customer_recommendation_lists') }}

),

customers as (

    -- A merge of accounts retires customer ids; their lists wait for the next scoring.
    select customer_id from {{ ref('dim_customers') }}

),

products as (

    select
        product_id,
        product_name,
        category
    from {{ ref('ftr_products') }}
    where is_product and exclusion_reason is null

),

latest as (

    {{ latest_run(ref('stg_ml__customer_recommendation_lists')) }}

),

kept as (

    select lists.*
    from lists
    inner join latest
        on lists.source_name = latest.source_name and lists.run_id = latest.run_id
    inner join customers on lists.customer_id = customers.customer_id

),

entries as (

    -- A list without products has one row too.
    {{ unpacked("kept", packed, "product_count", most=20, number="list_rank") }}

)

select
    entries.customer_id,
    entries.source_name,
    entries.as_of_date,
    entries.list_name,
    entries.list_rank,
    products.product_id,
    products.product_name,
    products.category,
    cast(entries.score_text as numeric(18, 9)) as score,
    entries.candidate_source,
    coalesce(entries.reason, entries.empty_reason) as reason,
    cast(entries.expected_text as date) as expected_next_purchase_date,
    entries.model_name,
    entries.model_version,
    entries.run_id,
    entries.scored_at
from entries
left join products on entries.product_id = products.product_id
-- What was excluded since the scoring is left out at once; ranks then have a gap.
where entries.product_id is null or products.product_id is not null
