{{ config(tags=['every_row']) }}
-- Every accepted line of a completed order of a contract shop is a sale, whatever it joins.
with

expected as (

    select
        items.source_name,
        count(*) as row_count,
        sum(items.quantity * items.unit_price) as gross_amount
    from {{ ref('stg_shop__order_items') }} as items
    inner join {{ ref('stg_shop__orders') }} as orders
        on
            items.source_name = orders.source_name
            and items.order_number = orders.order_number
    where orders.order_status = 'completed'
    group by items.source_name

),

sold as (

    select
        source_name,
        count(*) as row_count,
        sum(gross_amount) as gross_amount
    from {{ ref('int_shop__order_items') }}
    group by source_name

)

select
    expected.source_name,
    expected.row_count as expected_row_count,
    sold.row_count
from expected
left join sold on expected.source_name = sold.source_name
where
    expected.row_count <> coalesce(sold.row_count, 0)
    or expected.gross_amount <> sold.gross_amount
