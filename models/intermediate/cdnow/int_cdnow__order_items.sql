{{ config(enabled=is_source_enabled('cdnow')) }}
with

transactions as (

    select * from {{ ref('stg_cdnow__transactions') }}

),

priced as (

    select
        *,
        cast(net_amount / quantity as numeric(18, 4)) as rounded_price
    from transactions

),

numbered as (

    -- By what a transaction is and not by where it stands in a file, so that the numbers do not
    -- depend on the order of loading.
    select
        *,
        {{ entity_key('cdnow', 'customer_number') }}
        || '/' || cast(transaction_date as {{ dbt.type_string() }}) as order_id,
        row_number() over (
            partition by customer_number, transaction_date
            order by quantity, net_amount, transaction_id
        ) as line_number
    from priced

)

select
    'cdnow' as source_name,
    order_id || '/' || cast(line_number as {{ dbt.type_string() }}) as order_item_id,
    order_id,
    {{ entity_key('cdnow', 'customer_number') }} as account_id,
    cast(null as {{ dbt.type_string() }}) as product_id,
    'product' as product_kind,
    'web' as channel,
    cast(null as {{ dbt.type_string() }}) as country,
    'USD' as currency,
    quantity,
    cast(
        case when rounded_price * quantity = net_amount then rounded_price end
        as numeric(18, 4)
    ) as unit_price,
    net_amount as gross_amount,
    cast(0 as {{ money_type() }}) as discount_amount,
    net_amount as net_revenue_amount,
    cast(null as {{ money_type() }}) as tax_amount,
    cast(null as {{ money_type() }}) as shipping_amount,
    cast(null as {{ money_type() }}) as cost_amount,
    cast(transaction_date as {{ dbt.type_timestamp() }}) as ordered_at
from numbered
