{{ config(
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['account_id', 'int_changes__landed_accounts']]},
    indexes=[{'columns': ['account_id'], 'unique': true}]
) }}
{# When each account was first landed, which decides whose id a customer keeps. #}
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
    is_guest,
    batch_id as first_batch_id,
    row_number as first_row_number
from ranked
where sighting_rank = 1
