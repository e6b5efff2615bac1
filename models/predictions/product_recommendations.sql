with

related as (

    select * from {{ ref('stg_ml__product_recommendations') }}

),

runs as (

    select * from {{ ref('recommendation_runs_in_force') }}

),

products as (

    select
        product_id,
        product_name
    from {{ ref('ftr_products') }}
    where is_product and exclusion_reason is null

)

select
    related.product_id,
    related.source_name,
    related.list_name,
    related.list_rank,
    related.related_product_id,
    products.product_name as related_product_name,
    related.score,
    related.candidate_source,
    cast(related.basket_count as int) as basket_count,
    related.support,
    related.confidence,
    related.lift,
    related.as_of_date,
    related.model_version,
    related.run_id
from related
inner join runs on related.run_id = runs.run_id
inner join products on related.related_product_id = products.product_id
