with

products as (

    select * from {{ ref('int_products__products') }}

),

customer_interactions as (

    -- By customer first: counting different customers would sort all interactions.
    select
        product_id,
        customer_id,
        sum(unit_count) as unit_count,
        sum(returned_unit_count) as returned_unit_count,
        min(case when order_count > 0 then interaction_date end) as first_sold_date,
        max(case when order_count > 0 then interaction_date end) as last_sold_date
    from {{ ref('ftr_interactions') }}
    group by product_id, customer_id

),

interactions as (

    select
        product_id,
        cast(sum(unit_count) as bigint) as unit_count,
        cast(sum(returned_unit_count) as bigint) as returned_unit_count,
        cast(count(first_sold_date) as int) as customer_count,
        min(first_sold_date) as first_sold_date,
        max(last_sold_date) as last_sold_date
    from customer_interactions
    group by product_id

),

excluded as (

    select
        product_id,
        min(reason) as exclusion_reason
    from {{ ref('recommendation_exclusions') }}
    group by product_id

)

select
    products.product_id,
    products.source_name,
    coalesce(products.product_name, products.source_product_id) as product_name,
    coalesce(products.category, 'unknown') as category,
    products.product_kind = 'product' as is_product,
    excluded.exclusion_reason,
    coalesce(interactions.customer_count, 0) as customer_count,
    coalesce(interactions.unit_count, 0) as unit_count,
    coalesce(interactions.returned_unit_count, 0) as returned_unit_count,
    cast(
        cast(interactions.returned_unit_count as {{ money_type() }})
        / nullif(interactions.unit_count, 0)
        as {{ money_type() }}
    ) as returned_share,
    interactions.first_sold_date,
    interactions.last_sold_date
from products
left join interactions on products.product_id = interactions.product_id
left join excluded on products.product_id = excluded.product_id
