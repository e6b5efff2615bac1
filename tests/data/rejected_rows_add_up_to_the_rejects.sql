-- The counts are what people look at; a join that drops or doubles rejects would hide them.
with

counted as (

    select coalesce(sum(rejected_row_count), 0) as row_count from {{ ref('rejected_rows') }}

),

rejects as (

    select count(*) as row_count from {{ ref('staging_rejects') }}

)

select
    counted.row_count as counted_rows,
    rejects.row_count as rejected_rows
from counted
cross join rejects
where counted.row_count <> rejects.row_count
