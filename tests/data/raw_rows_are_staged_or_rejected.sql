-- Nothing lost: every raw row is either staged or in staging_rejects, never both, never neither. Of
-- the batches that are new, when only these are built. Counted with the sum of the row numbers, so
-- that a row lost and one doubled do not cancel out.
{% set tables = landed_tables() %}
with

accounted as (

    {% for source_name, entity in tables %}
    select
        '{{ source_name }}__{{ entity }}' as table_name,
        _batch_id,
        _row_number
    from {{ ref("stg_" ~ source_name ~ "__" ~ entity) }}
    {{ if_new_batches("where") }}
    union all
    {% endfor %}
    select
        table_name,
        _batch_id,
        _row_number
    from {{ ref('staging_rejects') }}
    {{ if_new_batches("where") }}

),

raw_totals as (

    {% for source_name, entity in tables %}
    select
        '{{ source_name }}__{{ entity }}' as table_name,
        _batch_id,
        count(*) as raw_row_count,
        sum(_row_number) as raw_checksum
    from {{ source(source_name, entity) }}
    {{ if_new_batches("where") }}
    group by _batch_id
    {{ "union all" if not loop.last }}
    {% endfor %}

),

accounted_totals as (

    select
        table_name,
        _batch_id,
        count(*) as accounted_row_count,
        sum(_row_number) as accounted_checksum
    from accounted
    group by table_name, _batch_id

)

select
    raw_totals.table_name,
    raw_totals._batch_id,
    raw_totals.raw_row_count,
    accounted_totals.accounted_row_count
from raw_totals
left join accounted_totals
    on
        raw_totals.table_name = accounted_totals.table_name
        and raw_totals._batch_id = accounted_totals._batch_id
where
    raw_totals.raw_row_count <> coalesce(accounted_totals.accounted_row_count, 0)
    or raw_totals.raw_checksum <> coalesce(accounted_totals.accounted_checksum, 0)
