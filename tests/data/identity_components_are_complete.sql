{{ config(tags=['every_row']) }}
-- The rounds of connected_components were enough: no evidence and no forced merge leads from one
-- component to another.
with

shared as (

    select
        evidence.identifier_type,
        evidence.identifier_hash,
        components.component_key
    from {{ ref('int_identity__evidence') }} as evidence
    inner join {{ ref('int_identity__components') }} as components
        on evidence.account_id = components.account_id

    union all

    select
        'override' as identifier_type,
        forced.forced_key as identifier_hash,
        components.component_key
    from {{ ref('int_identity__forced') }} as forced
    inner join {{ ref('int_identity__components') }} as components
        on forced.account_id = components.account_id

)

select
    identifier_type,
    identifier_hash,
    count(distinct component_key) as component_count
from shared
group by identifier_type, identifier_hash
having count(distinct component_key) > 1
