"""Every metric by shop, month and country, in SQL written by hand.

Where it can, it starts elsewhere than the metric does: from orders where that takes lines, from the
orders themselves where that takes labels and scores.
"""

from __future__ import annotations

from typing import LiteralString

SALES = """
select source_name, date_trunc('month', order_date)::date, country, {value}
from marts.fct_orders
group by 1, 2, 3
"""
LINES = """
select source_name, date_trunc('month', order_date)::date, country, {value}
from intermediate.int_sales__order_items
group by 1, 2, 3
"""
KNOWN = "filter (where is_goods and cost_amount is not null)"
COSTED = f"coalesce(sum(net_revenue_amount) {KNOWN}, 0)"
MARGIN = "sum(net_revenue_amount - cost_amount) filter (where is_goods)"

# What came back, beside what was sold, in the months and countries that have one or the other.
RETURNS = """
with sold as (
    select source_name, date_trunc('month', order_date)::date as month, country,
        sum(net_revenue_amount) as net
    from marts.fct_orders
    group by 1, 2, 3
), back as (
    select r.source_name, date_trunc('month', r.return_date)::date as month,
        coalesce(o.country, c.country) as country, sum(r.returned_amount) as returned
    from marts.fct_returns as r
    left join marts.fct_orders as o on o.order_id = r.order_id
    left join marts.dim_customers as c on c.customer_id = r.customer_id
    where r.product_kind not in ('postage', 'fee')
    group by 1, 2, 3
), cells as (
    select source_name, month, country from sold union select source_name, month, country from back
)
select cells.*, {value}
from cells
left join sold on (sold.source_name, sold.month) = (cells.source_name, cells.month)
    and sold.country is not distinct from cells.country
left join back on (back.source_name, back.month) = (cells.source_name, cells.month)
    and back.country is not distinct from cells.country
"""

BUYERS = """
with numbered as (
    select *, row_number() over (
        partition by source_name, customer_id order by ordered_at, order_id
    ) as n
    from marts.fct_orders where customer_id is not null
)
select orders.source_name, date_trunc('month', orders.order_date)::date, orders.country, {value}
from marts.fct_orders as orders
left join numbered on numbered.order_id = orders.order_id
group by 1, 2, 3
"""
RETURNING = "count(distinct numbered.customer_id) filter (where numbered.n > 1)"
ACTIVE = "count(distinct orders.customer_id)"

# From the orders themselves: who bought in the 90 days before the first, and who in the 90 from it.
CHURN = """
with today as (
    select source_name, min(order_date) as first_day, max(order_date) + 1 as day
    from marts.fct_orders group by 1
), months as (
    select source_name, m::date as month
    from today, generate_series(date_trunc('year', first_day), day - 90, interval '1 month') as m
), bought as (
    select months.source_name, months.month, o.customer_id,
        (array_agg(o.country order by o.ordered_at desc, o.order_id desc)
            filter (where o.order_date < months.month))[1] as country,
        bool_or(o.order_date < months.month) as before,
        bool_or(o.order_date >= months.month) as since
    from months
    join intermediate.int_sales__order_history as o on o.source_name = months.source_name
        and o.order_date >= months.month - 90 and o.order_date < months.month + 90
    group by 1, 2, 3
)
select source_name, month, country, {value} from bought where before group by 1, 2, 3
"""
CHURNED = "count(*) filter (where not since)"

RISK = """
with today as (
    select source_name, max(order_date) + 1 as day from marts.fct_orders group by 1
), spent as (
    select o.source_name, today.day, o.customer_id,
        (array_agg(o.country order by o.ordered_at desc, o.order_id desc))[1] as country,
        coalesce(sum(o.net_revenue_amount) filter (where o.order_date >= today.day - 90), 0) as net
    from intermediate.int_sales__order_history as o
    join today on today.source_name = o.source_name
    group by 1, 2, 3
)
select spent.source_name, date_trunc('month', spent.day)::date, spent.country, {value}
from predictions.customer_churn as churn
join spent on spent.customer_id = churn.customer_id
group by 1, 2, 3
"""

# From the scores themselves: the newest run of each shop, and the curve at the churn horizon, a
# straight line between the ends of the two months around it.
EXPECTED = """
with today as (
    select source_name, max(order_date) + 1 as day from marts.fct_orders group by 1
), people as (
    select o.source_name, today.day, o.customer_id,
        (array_agg(o.country order by o.ordered_at desc, o.order_id desc))[1] as country
    from intermediate.int_sales__order_history as o
    join today on today.source_name = o.source_name
    group by 1, 2, 3
), churn as (
    select * from ml.customer_churn_scores where run_id in (
        select distinct on (source_name) run_id from ml.customer_churn_scores
        order by source_name, scored_at desc, run_id desc)
), points as (
    select * from ml.customer_clv_scores where run_id in (
        select distinct on (source_name) run_id from ml.customer_clv_scores
        order by source_name, scored_at desc, run_id desc)
), curve as (
    select customer_id, as_of_date, horizon_months,
        expected_net_revenue_amount::numeric(18, 4) as net
    from points
    union all select distinct customer_id, as_of_date, 0, 0 from points
), ends as (
    select *, (as_of_date + horizon_months * interval '1 month')::date - as_of_date as days
    from curve
), valued as (
    select a.customer_id,
        a.net + (90 - a.days)::numeric / (b.days - a.days) * (b.net - a.net) as net
    from ends as a
    join ends as b on b.customer_id = a.customer_id and b.horizon_months = a.horizon_months + 1
    where a.days < 90 and b.days >= 90
), years as (
    select customer_id, net from curve where horizon_months = 12
)
select people.source_name, date_trunc('month', people.day)::date, people.country, {value}
from people
left join churn on churn.customer_id = people.customer_id
left join valued on valued.customer_id = people.customer_id
left join years on years.customer_id = people.customer_id
group by 1, 2, 3
"""
YEAR = "sum(years.net)"

ACQUIRED = """
with firsts as (
    select source_name, customer_id, min(order_date) as first_date, sum(net_revenue_amount) as net
    from intermediate.int_sales__order_history
    group by 1, 2
)
select firsts.source_name, date_trunc('month', first_date)::date, customers.country, {value}
from firsts
join marts.dim_customers as customers on customers.customer_id = firsts.customer_id
group by 1, 2, 3
"""

SQL_OF_METRICS: dict[str, LiteralString] = {
    "revenue": SALES.format(value="sum(gross_amount)"),
    "discounts": SALES.format(value="sum(discount_amount)"),
    "net_revenue": SALES.format(value="sum(net_revenue_amount)"),
    "units": SALES.format(value="sum(unit_count)"),
    "orders": SALES.format(value="count(*)"),
    "average_order_value": SALES.format(value="sum(net_revenue_amount) / count(*)"),
    "returned_amount": RETURNS.format(value="coalesce(back.returned, 0)"),
    "net_revenue_after_returns": RETURNS.format(
        value="coalesce(sold.net, 0) - coalesce(back.returned, 0)"
    ),
    "return_rate": RETURNS.format(value="coalesce(back.returned, 0) / nullif(sold.net, 0)"),
    "costed_net_revenue": LINES.format(value=COSTED),
    "margin": LINES.format(value=MARGIN),
    "margin_rate": LINES.format(value=f"{MARGIN} / nullif({COSTED}, 0)"),
    "margin_coverage": LINES.format(value=f"{COSTED} / nullif(sum(net_revenue_amount), 0)"),
    "active_customers": BUYERS.format(value=ACTIVE),
    "returning_customers": BUYERS.format(value=RETURNING),
    "new_customers": BUYERS.format(value="count(*) filter (where numbered.n = 1)"),
    "repeat_rate": BUYERS.format(value=f"{RETURNING}::numeric / nullif({ACTIVE}, 0)"),
    "recent_customers": CHURN.format(value="count(*)"),
    "churned_customers": CHURN.format(value=CHURNED),
    "churn_rate": CHURN.format(value=f"{CHURNED}::numeric / count(*)"),
    "retention_rate": CHURN.format(value="count(*) filter (where since)::numeric / count(*)"),
    "recent_net_revenue": RISK.format(value="sum(spent.net)"),
    "expected_net_revenue": EXPECTED.format(value="sum(round(valued.net, 4))"),
    "revenue_at_risk": EXPECTED.format(
        value="sum(round((churn.churn_probability * round(valued.net, 4)::float)::numeric, 4))"
    ),
    "predicted_customer_value": EXPECTED.format(value=YEAR),
    "valued_customers": EXPECTED.format(value="count(years.net)"),
    "average_predicted_customer_value": EXPECTED.format(
        value=f"{YEAR} / nullif(count(years.net), 0)"
    ),
    "acquired_customers": ACQUIRED.format(value="count(*)"),
    "acquired_customers_net_revenue": ACQUIRED.format(value="sum(net)"),
    "historic_customer_value": ACQUIRED.format(value="sum(net) / count(*)"),
}
"""Shop, first day of the month, country, value; in the months and countries that have any row."""
