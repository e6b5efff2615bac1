{# The contract has dates instead of a snapshot, and no columns about services or households. #}
{% set text_type = dbt.type_string() %}
select
    source_name,
    source_name || ':' || subscription_number as subscription_id,
    plan_name as contract_name,
    cast(null as {{ text_type }}) as payment_method,
    cast(null as {{ text_type }}) as multiple_lines,
    cast(null as {{ text_type }}) as internet_service,
    cast(null as {{ text_type }}) as online_security,
    cast(null as {{ text_type }}) as online_backup,
    cast(null as {{ text_type }}) as device_protection,
    cast(null as {{ text_type }}) as tech_support,
    cast(null as {{ text_type }}) as streaming_tv,
    cast(null as {{ text_type }}) as streaming_movies,
    cast(null as {{ text_type }}) as gender,
    cast(null as boolean) as is_senior_citizen,
    cast(null as boolean) as has_partner,
    cast(null as boolean) as has_dependents,
    cast(null as boolean) as has_phone_service,
    cast(null as boolean) as has_paperless_billing,
    cast(null as date) as snapshot_date
from {{ ref('stg_shop__subscriptions') }}
