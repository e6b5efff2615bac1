{#
    When each account was first landed, which decides whose id a customer keeps, and a number for the
    joins in an order that has nothing to do with who is whom (see connected_components).
#}
with

ranked as (

    select
        source_name,
        account_id,
        batch_id,
        row_number,
        bool_and(is_guest) over (partition by account_id) as is_guest,
        row_number() over (
            partition by account_id order by batch_id, row_number, source_name
        ) as sighting_rank
    from {{ ref('int_identity__sightings') }}
    where account_id is not null

)

select
    source_name,
    account_id,
    row_number() over (order by {{ dbt.hash('account_id') }}, account_id) as account_number,
    row_number() over (order by batch_id, row_number, account_id) as landing_rank,
    is_guest,
    batch_id as first_batch_id,
    row_number as first_row_number
from ranked
where sighting_rank = 1
