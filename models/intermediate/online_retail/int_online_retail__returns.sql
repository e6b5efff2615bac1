{{ config(
    enabled=is_source_enabled('online_retail'),
    materialized='incremental',
    incremental_strategy='restate',
    meta={'restated_by': [['return_id', 'int_changes__returns']]},
    indexes=[{'columns': ['return_id']}]
) }}
{%- set changed = ref('int_changes__returns') %}
{# A cancellation names no invoice: which purchase it reverses is found in int_sales__returns. #}
select
    'online_retail' as source_name,
    {{ entity_key('online_retail', 'invoice_number') }} || '/' || line_id as return_id,
    cast(null as {{ dbt.type_string() }}) as order_id,
    cast(null as {{ dbt.type_string() }}) as order_item_id,
    {{ entity_key('online_retail', 'customer_number') }} as account_id,
    {{ entity_key('online_retail', 'stock_code') }} as product_id,
    product_kind,
    'GBP' as currency,
    cast(-1 * quantity as int) as quantity,
    cast(-1 * line_amount as {{ money_type() }}) as returned_amount,
    invoiced_at as returned_at
from {{ ref('stg_online_retail__lines') }}
where
    line_type = 'return'
    {{ if_restating(
        'and invoice_number in (select return_number from ' ~ changed ~ ')'
        ~ " and 'online_retail:' || invoice_number || '/' || line_id in (select return_id from "
        ~ changed ~ ')'
    ) }}
