{#
    A scoring run holds a list in one row, its entries parted by chr(31): here they are taken apart,
    of the newest run only. A view: of whom nobody asks, no list has to be taken apart. Who asks for one
    customer finds the lists by the index of source, run and customer.
#}
{{ config(materialized='view') }}
{% set packed = {
    "product_ids": "product_id",
    "product_scores": "score_text",
    "candidate_sources": "candidate_source",
    "product_reasons": "reason",
    "expected_dates": "expected_text",
} %}
with

lists as (

    {{ latest_of_customers(ref('stg_ml__customer_recommendation_lists')) }}

),

products as (

    select
        product_id,
        product_name,
        category
    from {{ ref('ftr_products') }}
    where is_product and exclusion_reason is null

),

entries as (

    -- A list without products has one row too.
    {{ unpacked("lists", packed, "product_count", most=20, number="list_rank") }}

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
