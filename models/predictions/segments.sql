with

segments as (

    select * from {{ ref('stg_ml__segments') }}

),

runs as (

    select * from {{ ref('segment_runs_in_force') }}

)

select
    segments.segment_id,
    segments.segment_number,
    segments.persona_name,
    segments.persona_by_profile,
    segments.recommended_action,
    segments.customer_count,
    segments.customer_share,
    segments.is_outlier_group,
    segments.overlap,
    segments.source_name,
    segments.as_of_date,
    segments.model_version,
    segments.run_id
from segments
inner join runs on segments.run_id = runs.run_id
