{{ config(enabled=is_source_enabled('cdnow')) }}
with

parsed as (

    select * from {{ ref('base_cdnow__transactions') }}

)

select
    {{ landing_keys() }},
    transaction_hash || '-' || cast(occurrence as {{ dbt.type_string() }}) as transaction_id,
    customer_number,
    sample_number,
    quantity,
    net_amount,
    transaction_date
from parsed
where reject_reason is null
