{#
    ABC: products by falling revenue of the last 12 complete months. A product's class follows from
    the share that products with more revenue make together, so the first is always A and
    products with equal revenue share a class.
#}
{% set counts = [
    "order_count",
    "unit_count",
    "returned_unit_count",
    "order_count_last_12_months",
    "unit_count_last_12_months",
    "returned_unit_count_last_12_months",
    "order_count_current_month",
    "unit_count_current_month",
] %}
{% set amounts = [
    "net_revenue_amount",
    "returned_amount",
    "net_revenue_last_12_months_amount",
    "discount_last_12_months_amount",
    "gross_last_12_months_amount",
    "returned_last_12_months_amount",
    "net_revenue_current_month_amount",
] %}
with

products as (

    select
        products.product_id,
        products.source_name,
        products.source_product_id,
        products.product_name,
        products.category,
        products.product_kind,
        products.is_product,
        products.list_price,
        currencies.currency,
        {% for name in counts -%}
        coalesce(totals.{{ name }}, 0) as {{ name }},
        {% endfor -%}
        {% for name in amounts -%}
        cast(coalesce(totals.{{ name }}, 0) as {{ money_type() }}) as {{ name }},
        {% endfor -%}
        totals.gross_margin_amount,
        totals.gross_margin_last_12_months_amount,
        totals.costed_net_revenue_last_12_months_amount,
        totals.min_unit_price_last_12_months_amount,
        totals.max_unit_price_last_12_months_amount,
        totals.first_sold_date,
        totals.last_sold_date
    from {{ ref('dim_products') }} as products
    left join {{ ref('int_sales__currencies') }} as currencies
        on products.source_name = currencies.source_name
    left join {{ ref('int_products__product_totals') }} as totals
        on products.product_id = totals.product_id

),

ranked as (

    -- Goods by themselves: is_product is part of every window. rank() treats equals alike.
    select
        *,
        sum(net_revenue_last_12_months_amount) over (partition by source_name) as source_revenue,
        sum(net_revenue_last_12_months_amount) over (partition by source_name, is_product)
            as goods_revenue,
        rank() over (
            partition by source_name, is_product
            order by net_revenue_last_12_months_amount desc nulls last
        ) as revenue_rank,
        -- The running total takes equals in at once, so they are taken out at once.
        sum(net_revenue_last_12_months_amount) over (
            partition by source_name, is_product
            order by net_revenue_last_12_months_amount desc nulls last
            range between unbounded preceding and current row
        ) - sum(net_revenue_last_12_months_amount) over (
            partition by source_name, is_product, net_revenue_last_12_months_amount
        ) as revenue_before,
        is_product and net_revenue_last_12_months_amount > 0 as has_class
    from products

),

performance as (

    select
        product_id,
        source_name,
        source_product_id,
        product_name,
        category,
        product_kind,
        is_product,
        currency,
        case
            when not has_class then null
            when revenue_before < {{ var("abc_class_a_share") }} * goods_revenue then 'A'
            when revenue_before < {{ var("abc_class_b_share") }} * goods_revenue then 'B'
            else 'C'
        end as abc_class,
        case when has_class then cast(revenue_rank as int) end as revenue_rank,
        {{ ratio("net_revenue_last_12_months_amount", "source_revenue") }}
            as net_revenue_last_12_months_share,
        {% for name in counts -%}
        {{ name }},
        {% endfor -%}
        {% for name in amounts -%}
        {{ name }},
        {% endfor -%}
        gross_margin_amount,
        gross_margin_last_12_months_amount,
        {{ ratio(
            "gross_margin_last_12_months_amount", "costed_net_revenue_last_12_months_amount"
        ) }}
            as gross_margin_rate_last_12_months,
        {{ ratio("returned_unit_count_last_12_months", "unit_count_last_12_months") }}
            as unit_return_rate_last_12_months,
        {{ ratio("returned_last_12_months_amount", "net_revenue_last_12_months_amount") }}
            as value_return_rate_last_12_months,
        {{ ratio("discount_last_12_months_amount", "gross_last_12_months_amount") }}
            as discount_share_last_12_months,
        list_price,
        {{ ratio("gross_last_12_months_amount", "unit_count_last_12_months") }}
            as average_unit_price_last_12_months_amount,
        min_unit_price_last_12_months_amount,
        max_unit_price_last_12_months_amount,
        first_sold_date,
        last_sold_date
    from ranked

)

select * from performance
