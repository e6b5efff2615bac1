-- int_sales__orders takes what an order is from any of its lines, so all of them must say the same.
{% set columns = [
    "source_name", "account_id", "customer_id", "channel", "country", "currency", "ordered_at", "order_date",
] %}
select
    items.order_item_id,
    items.order_id
from {{ ref('int_sales__order_items') }} as items
left join {{ ref('int_sales__orders') }} as orders on items.order_id = orders.order_id
where
    (
        orders.order_id is null
        {% for column in columns -%}
        or items.{{ column }} is distinct from orders.{{ column }}
        {% endfor %}
    )
    {{ if_restating_view(
        'and items.order_id in (select order_id from ' ~ ref('int_changes__orders') ~ ')'
    ) }}
