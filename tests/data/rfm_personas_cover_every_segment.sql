-- Marketers edit this seed. A segment without a persona leaves its customers without one, a segment
-- written twice doubles them, and a name that rfm_segments does not know is a rule that never
-- applies.
with

segments as (

    select distinct segment_name
    from {{ ref('rfm_segments') }}
    where segment_name is not null

),

rules as (

    select
        segment_name,
        count(*) as rule_count,
        count(rfm_persona) as persona_count
    from {{ ref('rfm_personas') }}
    group by segment_name

)

select
    coalesce(segments.segment_name, rules.segment_name) as segment_name,
    case
        when segments.segment_name is null then 'no such segment'
        when rules.rule_count > 1 then 'more than one persona'
        else 'no persona'
    end as fault
from segments
full outer join rules on segments.segment_name = rules.segment_name
where
    segments.segment_name is null
    or rules.segment_name is null
    or rules.rule_count > 1
    or rules.persona_count = 0
