{%- set top_percents = ["0.1", "1", "5", "10", "20", "50", "100"] %}
with

customers as (

    select
        orders.source_name,
        orders.as_of_date,
        orders.customer_id,
        orders.net_revenue_amount,
        orders.gross_margin_amount,
        orders.known_gross_margin_amount,
        orders.known_margin_net_revenue_amount,
        orders.order_count,
        -- Twins share a rank, so they are in or out together.
        rank() over (
            partition by orders.source_name order by orders.net_revenue_amount desc
        ) as revenue_rank
    from ({{ as_of_today(ref('int_features__customer_orders')) }}) as orders

),

shops as (

    select
        source_name,
        as_of_date,
        count(*) as customer_count,
        sum(net_revenue_amount) as net_revenue_amount,
        sum(known_gross_margin_amount) as known_gross_margin_amount,
        sum(order_count) as order_count
    from customers
    group by source_name, as_of_date

),

top_percents as (
    {% for top_percent in top_percents %}
    {{ "union all" if not loop.first }}
    select cast({{ top_percent }} as numeric(9, 4)) as top_percent
    {%- endfor %}

),

tops as (

    select
        shops.source_name,
        top_percents.top_percent,
        count(customers.customer_id) as customer_count,
        count(customers.customer_id) - count(customers.gross_margin_amount)
            as unknown_margin_count,
        min(customers.net_revenue_amount) as threshold_amount,
        sum(customers.net_revenue_amount) as net_revenue_amount,
        sum(customers.gross_margin_amount) as gross_margin_amount,
        sum(customers.known_gross_margin_amount) as known_gross_margin_amount,
        sum(customers.known_margin_net_revenue_amount) as known_margin_net_revenue_amount,
        sum(customers.order_count) as order_count
    from shops
    cross join top_percents
    left join customers
        on
            shops.source_name = customers.source_name
            and customers.revenue_rank <= shops.customer_count * top_percents.top_percent / 100
    group by shops.source_name, top_percents.top_percent

)

select
    tops.source_name,
    shops.as_of_date,
    currencies.currency,
    tops.top_percent,
    cast(tops.customer_count as int) as customer_count,
    cast(cast(tops.customer_count as numeric(18, 4)) / shops.customer_count as numeric(18, 4))
        as customer_share,
    cast(tops.threshold_amount as {{ money_type() }}) as threshold_amount,
    cast(tops.net_revenue_amount as {{ money_type() }}) as net_revenue_amount,
    cast(tops.net_revenue_amount / nullif(shops.net_revenue_amount, 0) as numeric(18, 4))
        as net_revenue_share,
    cast(
        case when tops.unknown_margin_count = 0 then tops.gross_margin_amount end
        as {{ money_type() }}
    ) as gross_margin_amount,
    cast(tops.known_gross_margin_amount as {{ money_type() }}) as known_gross_margin_amount,
    cast(
        tops.known_gross_margin_amount / nullif(shops.known_gross_margin_amount, 0)
        as numeric(18, 4)
    ) as known_gross_margin_share,
    cast(
        coalesce(tops.known_margin_net_revenue_amount, 0) / nullif(tops.net_revenue_amount, 0)
        as numeric(18, 4)
    ) as margin_known_revenue_share,
    cast(tops.order_count as int) as order_count,
    cast(cast(tops.order_count as numeric(18, 4)) / shops.order_count as numeric(18, 4))
        as order_share
from tops
inner join shops on tops.source_name = shops.source_name
left join {{ ref('int_sales__currencies') }} as currencies
    on tops.source_name = currencies.source_name
