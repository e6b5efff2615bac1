with

scores as (

    select * from {{ ref('stg_ml__customer_segment_scores') }}

),

customers as (

    -- A merge of accounts retires customer ids; their scores wait for the next scoring.
    select customer_id from {{ ref('dim_customers') }}

),

latest as (

    {{ latest_run(ref('stg_ml__customer_segment_scores')) }}

)

select
    scores.customer_id,
    scores.source_name,
    scores.as_of_date,
    scores.segment_id,
    scores.segment_number,
    scores.persona_name,
    scores.distance_to_centre,
    scores.nearest_segment_id,
    scores.previous_segment_id,
    scores.move_reason,
    scores.anchor_as_of_date,
    scores.model_name,
    scores.model_version,
    scores.run_id,
    scores.scored_at
from scores
inner join latest
    on scores.source_name = latest.source_name and scores.run_id = latest.run_id
inner join customers on scores.customer_id = customers.customer_id
