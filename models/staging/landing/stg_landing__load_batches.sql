with

source as (

    select * from {{ source('landing', 'load_batches') }}

)

select
    batch_id,
    source_name,
    table_name,
    source_file,
    state,
    row_count,
    finished_at
from source
