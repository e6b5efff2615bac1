with

returned as (

    select
        *,
        {{ entity_key('sample', 'order_number') }}
        || '/' || cast(line_number as {{ dbt.type_string() }}) as order_item_id
    from {{ ref('stg_sample__returns') }}

),

sold as (

    select * from {{ ref('int_sales__sample_items') }}

)

select
    'sample' as source_name,
    {{ entity_key('sample', 'returned.return_number') }} as return_id,
    sold.order_id,
    sold.order_item_id,
    sold.customer_id,
    sold.product_id,
    sold.currency,
    returned.quantity,
    returned.refund_amount as returned_amount,
    returned.returned_at
from returned
inner join sold on returned.order_item_id = sold.order_item_id
