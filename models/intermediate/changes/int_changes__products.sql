{# Products of another kind, cost or category than before. Empty when everything is built. #}
select fresh.product_id
from {{ ref('int_shop__products') }} as fresh
inner join {{ ref('int_changes__landed_products') }} as landed
    on fresh.product_id = landed.product_id
{% if is_restating() %}
inner join {{ as_built_before('int_products__products') }} as earlier
    on fresh.product_id = earlier.product_id
where
    fresh.product_kind is distinct from earlier.product_kind
    or fresh.unit_cost is distinct from earlier.unit_cost
    or fresh.category is distinct from earlier.category
{% else %}
where false
{% endif %}
