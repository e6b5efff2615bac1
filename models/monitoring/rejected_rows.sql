with

rejects as (

    select * from {{ ref('staging_rejects') }}

),

batches as (

    select * from {{ ref('stg_landing__load_batches') }}

),

counted as (

    select
        source_name,
        table_name,
        reject_reason,
        _batch_id as batch_id,
        cast(count(*) as bigint) as rejected_row_count,
        min(_row_number) as first_row_number
    from rejects
    group by source_name, table_name, reject_reason, _batch_id

)

select
    counted.source_name,
    counted.table_name,
    counted.reject_reason,
    counted.batch_id,
    batches.source_file,
    counted.rejected_row_count,
    batches.row_count as batch_row_count,
    cast(
        cast(counted.rejected_row_count as numeric(18, 4)) / nullif(batches.row_count, 0)
        as numeric(18, 4)
    ) as rejected_share,
    counted.first_row_number,
    batches.finished_at as loaded_at
from counted
left join batches on counted.batch_id = batches.batch_id
