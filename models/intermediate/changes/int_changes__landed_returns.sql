{# Returns of which rows have come since the last build. Empty when everything is built. #}
with

shop_returns as (

    select distinct
        source_name,
        source_name || ':' || return_number as return_id,
        return_number
    from {{ ref('base_shop__returns') }}
    where {{ is_new_in_base() }} and return_number is not null

)

select * from shop_returns
{% if is_source_enabled('online_retail') %}
union distinct

select
    'online_retail' as source_name,
    {{ entity_key('online_retail', 'invoice_number') }}
    || '/' || line_hash || '-' || cast(occurrence as {{ dbt.type_string() }}) as return_id,
    invoice_number as return_number
from {{ ref('base_online_retail__lines') }}
where {{ is_new_in_base() }} and invoice_number is not null
{% endif %}
