with

coordinates as (

    select * from {{ ref('stg_ml__segment_coordinates') }}

),

customers as (

    -- A merge of accounts retires customer ids; their places wait for the next training.
    select customer_id from {{ ref('dim_customers') }}

),

runs as (

    select * from {{ ref('segment_runs_in_force') }}

)

select
    coordinates.customer_id,
    coordinates.segment_id,
    coordinates.pca_1,
    coordinates.pca_2,
    coordinates.tsne_1,
    coordinates.tsne_2,
    coordinates.source_name,
    coordinates.as_of_date,
    coordinates.model_version,
    coordinates.run_id
from coordinates
inner join runs on coordinates.run_id = runs.run_id
inner join customers on coordinates.customer_id = customers.customer_id
