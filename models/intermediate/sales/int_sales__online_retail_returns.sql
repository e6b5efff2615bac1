{#
    A cancellation names no invoice. It is held against the latest earlier purchase of the same
    product by the same customer that was large enough; where there is none it stays unmatched.
    Counted per line: two cancellations may point at one purchase.
#}
with

returned as (

    select * from {{ ref('stg_online_retail__lines') }}
    where line_type = 'return'

),

sold as (

    select * from {{ ref('int_sales__online_retail_items') }}

),

candidates as (

    select
        returned.line_id,
        returned.invoice_number,
        sold.order_item_id,
        sold.order_id,
        row_number() over (
            partition by returned.invoice_number, returned.line_id
            order by sold.ordered_at desc, sold.order_item_id desc
        ) as candidate_rank
    from returned
    inner join sold
        on
            {{ entity_key('online_retail', 'returned.customer_number') }} = sold.customer_id
            and {{ entity_key('online_retail', 'returned.stock_code') }} = sold.product_id
            and sold.ordered_at <= returned.invoiced_at
            and sold.quantity >= -1 * returned.quantity

),

matched as (

    select * from candidates
    where candidate_rank = 1

)

select
    'online_retail' as source_name,
    {{ entity_key('online_retail', 'returned.invoice_number') }}
    || '/' || returned.line_id as return_id,
    matched.order_id,
    matched.order_item_id,
    {{ entity_key('online_retail', 'returned.customer_number') }} as customer_id,
    {{ entity_key('online_retail', 'returned.stock_code') }} as product_id,
    'GBP' as currency,
    cast(-1 * returned.quantity as int) as quantity,
    cast(-1 * returned.line_amount as {{ money_type() }}) as returned_amount,
    returned.invoiced_at as returned_at
from returned
left join matched
    on
        returned.invoice_number = matched.invoice_number
        and returned.line_id = matched.line_id
