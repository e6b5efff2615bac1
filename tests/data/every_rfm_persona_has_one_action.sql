-- Marketers edit these seeds. A persona without an action leaves its customers without one, a
-- persona written twice doubles them. A persona that no segment has is fine.
with

personas as (

    select distinct rfm_persona
    from {{ ref('rfm_personas') }}
    where rfm_persona is not null

),

actions as (

    select
        rfm_persona,
        count(*) as row_count,
        count(persona_action) as action_count
    from {{ ref('rfm_persona_actions') }}
    group by rfm_persona

)

select
    coalesce(personas.rfm_persona, actions.rfm_persona) as rfm_persona,
    case when actions.row_count > 1 then 'more than one action' else 'no action' end as fault
from personas
full outer join actions on personas.rfm_persona = actions.rfm_persona
where
    actions.row_count > 1
    or (personas.rfm_persona is not null and coalesce(actions.action_count, 0) = 0)
