{# The curve, as the newest run of each shop drew it. A view: it is the scores themselves. #}
{{ config(materialized='view') }}

with

scores as (

    select * from {{ ref('stg_ml__customer_clv_scores') }}

),

customers as (

    -- A merge of accounts retires customer ids; their scores wait for the next scoring.
    select customer_id from {{ ref('dim_customers') }}

),

latest as (

    {{ latest_run(ref('stg_ml__customer_clv_scores'), "scored_at") }}

)

select scores.*
from scores
inner join latest
    on scores.source_name = latest.source_name and scores.run_id = latest.run_id
inner join customers on scores.customer_id = customers.customer_id
