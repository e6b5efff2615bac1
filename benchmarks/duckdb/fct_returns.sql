-- Returns, all of which name the line that came back.
create table fct_returns as
select
    'shop:' || returns.return_id as return_id,
    items.order_id,
    items.order_item_id,
    items.customer_id,
    items.product_id,
    items.product_kind,
    items.is_goods,
    'shop' as source_name,
    items.currency,
    true as is_matched,
    returns.quantity,
    returns.refund_amount as returned_amount,
    returns.returned_at,
    cast(returns.returned_at as date) as return_date
from returns
inner join fct_order_items as items
    on 'shop:' || returns.order_id || '/' || returns.line_number = items.order_item_id
