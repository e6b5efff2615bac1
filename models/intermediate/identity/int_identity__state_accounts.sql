{#
    The accounts that each customer had as of each batch that brought it a link; where a build restates,
    of the customers that it works out. A table of its own, since Postgres plans the joins over it well
    only if it can count its rows first.
#}
{%- set restated = ref('int_changes__identity_accounts') %}
with

clusters as (

    select * from {{ ref('int_identity__clusters') }}
    {{ if_restating_view('where account_id in (select account_id from ' ~ restated ~ ')') }}

),

moments as (

    select distinct
        cluster_key,
        batch_id as as_of_batch_id
    from {{ ref('int_identity__links') }}
    {{ if_restating_view('where account_id in (select account_id from ' ~ restated ~ ')') }}

)

select
    landed.account_id,
    moments.as_of_batch_id,
    landed.first_batch_id,
    landed.first_row_number,
    -- In an order that has nothing to do with who is whom (see connected_components).
    row_number() over (
        order by {{ dbt.hash('landed.account_id') }}, landed.account_id, moments.as_of_batch_id
    ) as node
from moments
inner join clusters on moments.cluster_key = clusters.cluster_key
inner join {{ ref('int_identity__accounts') }} as landed
    on
        clusters.account_id = landed.account_id
        and moments.as_of_batch_id >= landed.first_batch_id
