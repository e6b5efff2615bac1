with

strangers as (

    select * from {{ ref('stg_ml__cold_start_recommendations') }}

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
    strangers.source_name,
    strangers.country,
    strangers.list_rank,
    strangers.product_id,
    products.product_name,
    strangers.score,
    strangers.reason,
    strangers.as_of_date,
    strangers.model_version,
    strangers.run_id
from strangers
inner join runs on strangers.run_id = runs.run_id
inner join products on strangers.product_id = products.product_id
