{{ config(enabled=is_source_enabled('telco')) }}
{# A subscriber is a subscription: the snapshot has no other number, and no contact of anybody. #}
select
    'telco' as source_name,
    {{ entity_key('telco', 'customer_number') }} as account_id,
    customer_number as source_customer_id,
    cast(null as {{ dbt.type_string() }}) as customer_name,
    cast(null as {{ dbt.type_string() }}) as email,
    cast(null as {{ dbt.type_string() }}) as phone,
    cast(null as {{ dbt.type_string() }}) as account_reference,
    cast(null as {{ dbt.type_string() }}) as country,
    cast(null as {{ dbt.type_string() }}) as acquisition_channel,
    cast(null as {{ dbt.type_timestamp() }}) as signed_up_at
from {{ ref('stg_telco__subscriptions') }}
