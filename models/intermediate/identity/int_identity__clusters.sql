{# Who is who: the components, with those that hold a forbidden pair taken apart. #}
with

components as (

    select * from {{ ref('int_identity__components') }}

),

territories as (

    select * from {{ ref('int_identity__territories') }}

)

select
    components.account_id,
    min(components.account_id) over (
        partition by components.component_number, coalesce(territories.terminal_id, '')
    ) as cluster_key,
    components.component_number,
    territories.terminal_id is not null as is_split
from components
left join territories on components.account_id = territories.account_id
