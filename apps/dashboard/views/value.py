"""Value: what customers are expected to bring, and how much hangs on few."""

from __future__ import annotations

import streamlit as st

from apps.dashboard import data, figures, queries
from apps.dashboard.filters import Bounds, Filters
from apps.dashboard.parts import cards, exact, listing, missing, money

VALUES = """
c.customer_id, coalesce(c.persona_name, 'no segment') as persona_name, c.country,
cast(c.net_revenue_amount as float8) as net_revenue_amount,
cast(c.clv_12_months_amount as float8) as clv_12_months_amount,
cast(c.clv_12_months_lower_amount as float8) as clv_12_months_lower_amount,
cast(c.clv_12_months_upper_amount as float8) as clv_12_months_upper_amount, c.alive_probability
"""


def show(filters: Filters, bounds: Bounds) -> None:
    """Draw the page."""
    query = queries.customers(VALUES, filters)
    query.text += " and c.clv_12_months_amount is not null order by c.clv_12_months_amount desc"
    found = data.frame(query)
    if found.empty:
        missing("No customer of these filters has an expected value.", "clientele run")
        return
    total, median = found["clv_12_months_amount"].sum(), found["clv_12_months_amount"].median()
    top = found["clv_12_months_amount"].head(max(1, len(found) // 10)).sum()
    cards(
        [
            (
                "In twelve months",
                money(total),
                None,
                exact(total, bounds.currency, "What all of them are expected to bring."),
            ),
            (
                "Median customer",
                money(median),
                None,
                exact(median, bounds.currency),
            ),
            ("Held by the top tenth", f"{top / total:.0%}" if total else "none", None, ""),
        ],
        bounds.currency,
    )
    limit = found["clv_12_months_amount"].quantile(0.99)
    shown = found[found["clv_12_months_amount"] <= limit]
    st.caption("The largest hundredth is left out of the picture, not of the list.")
    st.plotly_chart(figures.values(shown, "clv_12_months_amount", bounds.currency), width="stretch")
    st.subheader("How much hangs on few")
    whales = data.frame(queries.WHALES, filters.source)
    if not whales.empty:
        st.plotly_chart(figures.whales(whales), width="stretch")
    st.subheader("Customers by expected value")
    st.caption("With the ends of the 80% interval. The curve of each is on the page Customer.")
    listing(found, "values")
