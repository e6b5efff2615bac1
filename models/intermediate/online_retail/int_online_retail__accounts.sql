{{ config(
    enabled=is_source_enabled('online_retail'),
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['account_id', 'int_changes__landed_accounts']]},
    indexes=[{'columns': ['account_id']}]
) }}
{# online_retail has no customer file: its lines name the customers. #}
with

ranked as (

    select
        customer_number,
        country,
        row_number() over (
            partition by customer_number order by invoiced_at desc, line_id desc
        ) as recency_rank
    from {{ ref('stg_online_retail__lines') }}
    where
        customer_number is not null
        {{ if_restating(
            'and customer_number in (select customer_number from ' ~ ref('int_changes__landed_accounts')
            ~ " where source_name = 'online_retail')"
        ) }}

)

select
    'online_retail' as source_name,
    {{ entity_key('online_retail', 'customer_number') }} as account_id,
    customer_number as source_customer_id,
    cast(null as {{ dbt.type_string() }}) as customer_name,
    cast(null as {{ dbt.type_string() }}) as email,
    cast(null as {{ dbt.type_string() }}) as phone,
    cast(null as {{ dbt.type_string() }}) as account_reference,
    country,
    cast(null as {{ dbt.type_string() }}) as acquisition_channel,
    cast(null as {{ dbt.type_timestamp() }}) as signed_up_at
from ranked
where recency_rank = 1
