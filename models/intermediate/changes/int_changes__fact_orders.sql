{#
    Orders whose facts change: those that are worked out anew, and those that a changed return names.
#}
select order_id
from {{ ref('int_changes__orders') }}

union distinct

select old_order_id as order_id
from {{ ref('int_changes__returns') }}
where old_order_id is not null

union distinct

select order_id
from {{ ref('int_sales__returns') }}
where
    order_id is not null
    and return_id in (select return_id from {{ ref('int_changes__returns') }})
