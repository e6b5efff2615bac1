{{ config(enabled=is_source_enabled('cdnow')) }}
{# The log is all there is of a customer: a number. #}
select distinct
    'cdnow' as source_name,
    {{ entity_key('cdnow', 'customer_number') }} as account_id,
    customer_number as source_customer_id,
    cast(null as {{ dbt.type_string() }}) as customer_name,
    cast(null as {{ dbt.type_string() }}) as email,
    cast(null as {{ dbt.type_string() }}) as phone,
    cast(null as {{ dbt.type_string() }}) as account_reference,
    cast(null as {{ dbt.type_string() }}) as country,
    cast(null as {{ dbt.type_string() }}) as acquisition_channel,
    cast(null as {{ dbt.type_timestamp() }}) as signed_up_at
from {{ ref('stg_cdnow__transactions') }}
