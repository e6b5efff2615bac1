{#
    A scoring run holds a list in one row, its entries parted by chr(31): here they are taken apart,
    of the newest run only.
#}
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

places as (

    select cast(generated_number as int) as list_rank
    from ({{ number_spine(20) }}) as numbers

),

newest as (

    select lists.*
    from lists
    inner join latest
        on lists.source_name = latest.source_name and lists.run_id = latest.run_id
    inner join customers on lists.customer_id = customers.customer_id

),

entries as (

    select
        newest.*,
        places.list_rank,
        {% for column, entry in packed.items() -%}
        split_part(newest.{{ column }}, chr(31), places.list_rank) as {{ entry }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from newest
    inner join places on newest.product_count >= places.list_rank

),

listed as (

    select
        entries.customer_id,
        entries.source_name,
        entries.as_of_date,
        entries.list_name,
        entries.list_rank,
        entries.product_id,
        products.product_name,
        products.category,
        cast(nullif(entries.score_text, '') as numeric(18, 9)) as score,
        entries.candidate_source,
        entries.reason,
        cast(nullif(entries.expected_text, '') as date) as expected_next_purchase_date,
        entries.model_name,
        entries.model_version,
        entries.run_id,
        entries.scored_at
    from entries
    -- What was excluded since the scoring is left out at once; ranks then have a gap.
    inner join products on entries.product_id = products.product_id

),

unlisted as (

    select
        customer_id,
        source_name,
        as_of_date,
        list_name,
        1 as list_rank,
        cast(null as {{ dbt.type_string() }}) as product_id,
        cast(null as {{ dbt.type_string() }}) as product_name,
        cast(null as {{ dbt.type_string() }}) as category,
        cast(null as numeric(18, 9)) as score,
        cast(null as {{ dbt.type_string() }}) as candidate_source,
        empty_reason as reason,
        cast(null as date) as expected_next_purchase_date,
        model_name,
        model_version,
        run_id,
        scored_at
    from newest
    where product_count = 0

)

select * from listed
union all
select * from unlisted
