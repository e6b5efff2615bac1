{{ config(enabled=is_source_enabled('olist')) }}
select
    'olist' as source_name,
    {{ entity_key('olist', 'customer_number') }} as account_id,
    cast(null as {{ dbt.type_string() }}) as customer_name,
    cast(null as {{ dbt.type_string() }}) as email,
    cast(null as {{ dbt.type_string() }}) as phone,
    person_number as account_reference,
    _batch_id as batch_id,
    _row_number as row_number,
    false as is_guest
from {{ ref('base_olist__customers') }}
where
    defect is null
    -- A new batch of Olist makes the build a whole one.
{{ if_restating_view('and false') }}
