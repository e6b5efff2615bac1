{# What the ledger knows of a source: when it was last loaded, and how much in all. #}
select
    source_name,
    cast(count(*) as int) as batch_count,
    cast(sum(row_count) as bigint) as landed_row_count,
    max(finished_at) as last_loaded_at
from {{ ref('stg_landing__load_batches') }}
where state = 'loaded'
group by source_name
