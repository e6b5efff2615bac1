{#
    What a product did in a month: sold by the day of the order, returned by the day of the return.
    Lines of shops that name no products are there without one, so that months add up.
#}
with

sold as (

    select
        source_name,
        {{ month_start("order_date") }} as month_start_date,
        product_id,
        count(distinct order_id) as order_count,
        count(*) as line_count,
        sum(quantity) as unit_count,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(net_revenue_amount) as net_revenue_amount,
        -- Of the lines whose cost is known; null where that is none of them.
        sum(gross_margin_amount) as gross_margin_amount,
        sum(case when gross_margin_amount is not null then net_revenue_amount end)
            as costed_net_revenue_amount,
        min(unit_price) as min_unit_price_amount,
        max(unit_price) as max_unit_price_amount,
        min(order_date) as first_sold_date,
        max(order_date) as last_sold_date
    from {{ ref('int_sales__order_items') }}
    group by source_name, {{ month_start("order_date") }}, product_id

),

returned as (

    select
        source_name,
        {{ month_start("return_date") }} as month_start_date,
        product_id,
        count(*) as return_count,
        sum(quantity) as returned_unit_count,
        sum(returned_amount) as returned_amount,
        sum(case when is_goods then returned_amount else 0 end) as returned_goods_amount,
        max(return_date) as last_return_date
    from {{ ref('int_sales__returns') }}
    group by source_name, {{ month_start("return_date") }}, product_id

),

keys as (

    select
        source_name,
        month_start_date,
        product_id
    from sold

    union distinct

    select
        source_name,
        month_start_date,
        product_id
    from returned

),

cells as (

    select
        keys.source_name,
        keys.month_start_date,
        keys.product_id,
        cast(coalesce(sold.order_count, 0) as int) as order_count,
        cast(coalesce(sold.line_count, 0) as int) as line_count,
        cast(coalesce(sold.unit_count, 0) as bigint) as unit_count,
        cast(coalesce(sold.gross_amount, 0) as {{ money_type() }}) as gross_amount,
        cast(coalesce(sold.discount_amount, 0) as {{ money_type() }}) as discount_amount,
        cast(coalesce(sold.net_revenue_amount, 0) as {{ money_type() }}) as net_revenue_amount,
        cast(sold.gross_margin_amount as {{ money_type() }}) as gross_margin_amount,
        cast(sold.costed_net_revenue_amount as {{ money_type() }}) as costed_net_revenue_amount,
        cast(sold.min_unit_price_amount as {{ money_type() }}) as min_unit_price_amount,
        cast(sold.max_unit_price_amount as {{ money_type() }}) as max_unit_price_amount,
        sold.first_sold_date,
        sold.last_sold_date,
        cast(coalesce(returned.return_count, 0) as int) as return_count,
        cast(coalesce(returned.returned_unit_count, 0) as bigint) as returned_unit_count,
        cast(coalesce(returned.returned_amount, 0) as {{ money_type() }}) as returned_amount,
        cast(coalesce(returned.returned_goods_amount, 0) as {{ money_type() }})
            as returned_goods_amount,
        returned.last_return_date
    from keys
    left join sold
        on
            keys.source_name = sold.source_name
            and keys.month_start_date = sold.month_start_date
            and coalesce(keys.product_id, '') = coalesce(sold.product_id, '')
    left join returned
        on
            keys.source_name = returned.source_name
            and keys.month_start_date = returned.month_start_date
            and coalesce(keys.product_id, '') = coalesce(returned.product_id, '')

)

select * from cells
