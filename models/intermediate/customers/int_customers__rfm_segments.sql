{{ config(
    materialized='view',
    meta={'restated_by': [['source_name, as_of_date', 'int_changes__score_dates']]}
) }}
with

scores as (

    select * from {{ ref('int_customers__rfm_scores') }}

)

select
    scores.*,
    segments.segment_name as rfm_segment,
    tiers.value_tier,
    personas.rfm_persona,
    coalesce(personas.segment_action, actions.persona_action) as recommended_action
from scores
left join {{ ref('rfm_segments') }} as segments
    on
        scores.recency_score = segments.recency_score
        and scores.frequency_monetary_score = segments.frequency_monetary_score
left join {{ ref('rfm_value_tiers') }} as tiers
    on
        scores.recency_score = tiers.recency_score
        and scores.monetary_score = tiers.monetary_score
left join {{ ref('rfm_personas') }} as personas
    on segments.segment_name = personas.segment_name
left join {{ ref('rfm_persona_actions') }} as actions
    on personas.rfm_persona = actions.rfm_persona
