"""Overview: the key figures of the period, revenue, what changed, and whether customers return."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from apps.dashboard import data, figures, queries
from apps.dashboard.filters import Bounds, Filters
from apps.dashboard.parts import cards, change, exact, listing, money

MEASURES = {
    "net_revenue_amount": "Net revenue",
    "order_count": "Orders",
    "customer_count": "Customers who bought",
    "new_customer_count": "New customers",
    "average_order_value_amount": "Average order",
    "returned_amount": "Returned",
}


def show(filters: Filters, bounds: Bounds) -> None:
    """Draw the page."""
    now = data.frame(queries.kpis(filters)).iloc[0]
    has_before = filters.before().first_date >= bounds.first_date
    before = data.frame(queries.kpis(filters.before())).iloc[0] if has_before else None
    _cards(now, before, filters, bounds.currency)
    days = data.frame(queries.revenue_by_day(filters))
    st.subheader("Revenue")
    if days.empty:
        st.info("Nothing was sold in this period with these filters.")
    else:
        forecast = _forecast(filters, bounds)
        st.plotly_chart(figures.revenue(days, bounds.currency, forecast), width="stretch")
    st.subheader("What changed since the month before")
    _changes(data.frame(queries.MONTHS, filters.source))
    st.subheader("Do customers come back?")
    cohorts = data.frame(queries.COHORTS, filters.source)
    if cohorts.empty or not (cohorts["period_number"] > 0).any():
        st.info("The shop is younger than two months.")
    else:
        st.caption("Of the customers who first bought in a month, the share who bought again.")
        st.plotly_chart(figures.cohorts(cohorts), width="stretch")


def _forecast(filters: Filters, bounds: Bounds) -> pd.DataFrame | None:
    """What is to come, where the picture reaches to the newest day and is of the whole shop."""
    if filters.last_date < bounds.last_date or filters.persona:
        return None
    level = "country" if filters.country else "total"
    key = filters.country or "all"
    found = data.frame(queries.FORECAST, filters.source, level, key, "day")
    return found.dropna(subset=["value"])


def _cards(now: pd.Series, before: pd.Series | None, filters: Filters, currency: str) -> None:
    period = f"{filters.before().first_date} to {filters.before().last_date}"
    text = f"Compared with the {filters.days} days before ({period})." if before is not None else ""

    def delta(name: str) -> str | None:
        return change(float(now[name]), float(before[name])) if before is not None else None

    revenue, orders = float(now["net_revenue_amount"]), int(now["order_count"])
    average, returned = now["average_order_value_amount"], float(now["returned_amount"])
    mean = money(float(average)) if orders else "none"
    cards(
        [
            (
                "Net revenue",
                money(revenue),
                delta("net_revenue_amount"),
                exact(revenue, currency, text),
            ),
            ("Orders", f"{orders:,}", delta("order_count"), text),
            ("Customers", f"{int(now['customer_count']):,}", delta("customer_count"), text),
            ("Average order", mean, delta("average_order_value_amount") if orders else None, text),
            (
                "Returned",
                money(returned),
                None,
                exact(returned, currency, "Of the orders of this period."),
            ),
        ],
        currency,
    )


def _changes(months: pd.DataFrame) -> None:
    if len(months) < 2:
        st.info("There are no two whole months yet.")
        return
    now, before = months.iloc[0], months.iloc[1]
    rows = [
        {
            "measure": label,
            f"{before['month_start_date']:%B %Y}": float(before[name]),
            f"{now['month_start_date']:%B %Y}": float(now[name]),
            "change": change(float(now[name]), float(before[name])),
        }
        for name, label in MEASURES.items()
    ]
    listing(pd.DataFrame(rows).round(2), "changes")
