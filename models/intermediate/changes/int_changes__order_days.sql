{# Days of which the orders are others than before. Empty when everything is built. #}
select
    source_name,
    order_date
from {{ ref('int_sales__orders') }}
where order_id in (select order_id from {{ ref('int_changes__orders') }})

union distinct

select
    source_name,
    old_order_date as order_date
from {{ ref('int_changes__orders') }}
where old_order_date is not null
