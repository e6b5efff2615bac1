{# Lists of products and of strangers belong to a training: that of the version that scores. #}
with

runs as (

    {{ runs_in_force(ref('stg_ml__customer_recommendation_lists'), "recommendations") }}

)

select
    source_name,
    run_id,
    model_version,
    trained_as_of_date,
    trained_at
from runs
