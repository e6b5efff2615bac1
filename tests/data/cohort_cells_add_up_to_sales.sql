{{ config(tags=['every_row']) }}
-- Every order of a known customer and every return of goods is in exactly one cell of each cut, by
-- months and by weeks: counted again from the facts, with currency and today as the cohorts take
-- them.
with

customers as (

    select
        customers.customer_id,
        customers.source_name,
        customers.currency,
        customers.first_ordered_at,
        today.as_of_date
    from {{ ref('dim_customers') }} as customers
    inner join {{ ref('int_calendar__today') }} as today
        on customers.source_name = today.source_name

),

facts as (

    select
        customers.source_name,
        1 as order_count,
        orders.net_revenue_amount,
        coalesce(orders.gross_margin_amount, 0) as known_margin_amount,
        0 as returned_by_order_date_amount,
        0 as returned_amount
    from {{ ref('fct_orders') }} as orders
    inner join customers
        on orders.customer_id = customers.customer_id and orders.currency = customers.currency
    where orders.order_date < customers.as_of_date

    union all

    select
        customers.source_name,
        0 as order_count,
        0 as net_revenue_amount,
        0 as known_margin_amount,
        case when returned.order_id is not null then returned.returned_amount else 0 end
            as returned_by_order_date_amount,
        returned.returned_amount
    from {{ ref('fct_returns') }} as returned
    inner join customers
        on returned.customer_id = customers.customer_id and returned.currency = customers.currency
    where
        returned.is_goods
        and returned.return_date < customers.as_of_date
        and cast(customers.first_ordered_at as date) < customers.as_of_date

),

expected as (

    select
        source_name,
        sum(order_count) as order_count,
        sum(net_revenue_amount) as net_revenue_amount,
        sum(known_margin_amount) as known_margin_amount,
        sum(returned_by_order_date_amount) as returned_by_order_date_amount,
        sum(returned_amount) as returned_amount
    from facts
    group by source_name

),

cells as (
    {% for period in ["months", "weeks"] %}
    select
        '{{ period }}' as period_name,
        source_name,
        cut_name,
        sum(order_count) as order_count,
        sum(net_revenue_amount) as net_revenue_amount,
        sum(known_margin_amount) as known_margin_amount,
        sum(returned_by_order_date_amount) as returned_by_order_date_amount,
        sum(returned_by_return_date_amount + returned_before_first_order_amount)
            as returned_amount
    from {{ ref('int_cohorts__' ~ period) }}
    group by source_name, cut_name
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

sums as (
    {% for period in ["months", "weeks"] %}
    {% set outer_loop = loop %}
    {% for cut in ["all", "category", "country", "channel"] %}
    select
        '{{ period }}' as period_name,
        '{{ cut }}' as cut_name
    {% if not (loop.last and outer_loop.last) %}union all{% endif %}
    {% endfor %}
    {% endfor %}

)

select
    sums.period_name,
    sums.cut_name,
    expected.source_name,
    expected.order_count,
    cells.order_count as order_count_of_cells,
    expected.net_revenue_amount,
    cells.net_revenue_amount as net_revenue_amount_of_cells,
    expected.known_margin_amount,
    cells.known_margin_amount as known_margin_amount_of_cells,
    expected.returned_by_order_date_amount,
    cells.returned_by_order_date_amount as returned_by_order_date_amount_of_cells,
    expected.returned_amount,
    cells.returned_amount as returned_amount_of_cells
from expected
cross join sums
left join cells
    on
        expected.source_name = cells.source_name
        and sums.period_name = cells.period_name
        and sums.cut_name = cells.cut_name
where
    expected.order_count <> coalesce(cells.order_count, 0)
    or expected.net_revenue_amount <> coalesce(cells.net_revenue_amount, 0)
    or expected.known_margin_amount <> coalesce(cells.known_margin_amount, 0)
    or expected.returned_by_order_date_amount <> coalesce(cells.returned_by_order_date_amount, 0)
    or expected.returned_amount <> coalesce(cells.returned_amount, 0)
