{#
    Every pair from both of its ends: filter product_id, and other_product_id is what is bought along.
#}
with

directions as (

    select
        source_name,
        first_product_id as product_id,
        second_product_id as other_product_id,
        pair_order_count,
        first_order_count as product_order_count,
        second_order_count as other_product_order_count,
        order_count,
        left_out_order_count,
        window_start_date,
        window_end_date
    from {{ ref('int_products__product_pairs') }}

    union all

    select
        source_name,
        second_product_id as product_id,
        first_product_id as other_product_id,
        pair_order_count,
        second_order_count as product_order_count,
        first_order_count as other_product_order_count,
        order_count,
        left_out_order_count,
        window_start_date,
        window_end_date
    from {{ ref('int_products__product_pairs') }}

),

affinities as (

    select
        pairs.source_name,
        pairs.product_id,
        products.product_name,
        pairs.other_product_id,
        other_products.product_name as other_product_name,
        cast(row_number() over (
            partition by pairs.product_id
            order by
                pairs.pair_order_count desc nulls last,
                pairs.other_product_order_count asc nulls last,
                pairs.other_product_id asc nulls last
        ) as int) as affinity_rank,
        pairs.pair_order_count,
        pairs.product_order_count,
        pairs.other_product_order_count,
        pairs.order_count,
        pairs.left_out_order_count,
        cast(
            cast(pairs.pair_order_count as numeric(18, 8)) / pairs.order_count as numeric(18, 8)
        ) as pair_support,
        {{ ratio("pairs.pair_order_count", "pairs.product_order_count") }} as confidence,
        {{ ratio("pairs.pair_order_count", "pairs.other_product_order_count") }}
            as reverse_confidence,
        cast(
            cast(pairs.pair_order_count as numeric(18, 4)) * pairs.order_count
            / (cast(pairs.product_order_count as numeric(18, 4)) * pairs.other_product_order_count)
            as numeric(18, 4)
        ) as lift,
        pairs.window_start_date,
        {{ add_days("pairs.window_end_date", -1) }} as window_last_date
    from directions as pairs
    inner join {{ ref('dim_products') }} as products
        on pairs.product_id = products.product_id
    inner join {{ ref('dim_products') }} as other_products
        on pairs.other_product_id = other_products.product_id

)

select * from affinities
