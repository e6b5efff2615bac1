with

items as (

    select * from {{ ref('int_sales__order_items') }}

)

select
    source_name,
    order_id,
    customer_id,
    channel,
    country,
    currency,
    ordered_at,
    order_date,
    cast(count(*) as int) as line_count,
    cast(count(distinct product_id) as int) as product_count,
    cast(sum(quantity) as bigint) as unit_count,
    cast(sum(gross_amount) as {{ money_type() }}) as gross_amount,
    cast(sum(discount_amount) as {{ money_type() }}) as discount_amount,
    cast(sum(net_revenue_amount) as {{ money_type() }}) as net_revenue_amount,
    -- Unknown as soon as the cost of one line is.
    cast(
        case when count(gross_margin_amount) = count(*) then sum(gross_margin_amount) end
        as {{ money_type() }}
    ) as gross_margin_amount
from items
group by source_name, order_id, customer_id, channel, country, currency, ordered_at, order_date
