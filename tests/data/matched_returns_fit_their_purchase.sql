{{ config(tags=['every_row']) }}
-- A return is held against a line that its customer bought before, of the same product, and all
-- returns of a line together never bring back more pieces than were bought.
with

returned as (

    select
        *,
        sum(quantity) over (partition by order_item_id) as returned_quantity
    from {{ ref('fct_returns') }}
    where order_item_id is not null

)

select
    returned.return_id,
    items.order_item_id,
    returned.returned_quantity,
    items.quantity as bought_quantity
from returned
inner join {{ ref('fct_order_items') }} as items
    on returned.order_item_id = items.order_item_id
where
    returned.returned_quantity > items.quantity
    or returned.returned_at < items.ordered_at
    or returned.product_id <> items.product_id
    or returned.order_id <> items.order_id
    or coalesce(returned.customer_id, '') <> coalesce(items.customer_id, '')
