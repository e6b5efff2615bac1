with

profiles as (

    select * from {{ ref('stg_ml__segment_profiles') }}

),

runs as (

    select * from {{ ref('segment_runs_in_force') }}

)

select
    profiles.segment_id,
    profiles.persona_name,
    profiles.feature_name,
    profiles.lower_quartile,
    profiles.median_value,
    profiles.upper_quartile,
    profiles.scaled_mean,
    profiles.source_name,
    profiles.as_of_date,
    profiles.model_version,
    profiles.run_id
from profiles
inner join runs on profiles.run_id = runs.run_id
