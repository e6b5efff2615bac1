{{ config(tags=['every_row']) }}
-- A batch is landed whole or not at all: what the ledger calls loaded has as many raw rows as it
-- says, and no raw row belongs to a batch that the ledger does not call loaded.
{% set tables = landed_tables() %}
with

landed as (

    {% for source_name, entity in tables %}
    select
        '{{ source_name }}__{{ entity }}' as table_name,
        _batch_id as batch_id,
        count(*) as landed_row_count
    from {{ source(source_name, entity) }}
    group by _batch_id
    {{ "union all" if not loop.last }}
    {% endfor %}

),

ledger as (

    select * from {{ source('landing', 'load_batches') }}
    where
        state = 'loaded'
        -- What a source brought that has been left out since stays where it is.
        and table_name in (
            {% for source_name, entity in tables %}
            '{{ source_name }}__{{ entity }}'{{ "," if not loop.last }}
            {% endfor %}
        )

)

select
    coalesce(ledger.table_name, landed.table_name) as table_name,
    coalesce(ledger.batch_id, landed.batch_id) as batch_id,
    ledger.row_count,
    landed.landed_row_count
from ledger
full outer join landed
    on ledger.batch_id = landed.batch_id and ledger.table_name = landed.table_name
where
    ledger.batch_id is null
    or ledger.row_count is null
    or ledger.row_count <> coalesce(landed.landed_row_count, 0)
