"""Data quality: what was loaded, what was rejected and why, and which expectations failed."""

from __future__ import annotations

import streamlit as st

from apps.dashboard import data, queries
from apps.dashboard.filters import Bounds, Filters
from apps.dashboard.parts import cards, listing


def show(filters: Filters, bounds: Bounds) -> None:
    """Draw the page. Loads and rejects are of all shops: a file may hold several."""
    row = data.frame(queries.DATA_THROUGH, filters.source).iloc[0]
    cards(
        [
            ("Newest order", f"{row['last_order_date']:%Y-%m-%d}", None, ""),
            ("Orders", f"{int(row['order_count']):,}", None, ""),
            ("Landed rows", f"{int(row['landed_row_count'] or 0):,}", None, ""),
        ]
    )
    st.subheader("Rejected rows")
    rejects = data.frame(queries.REJECTS)
    if rejects.empty:
        st.success("No row was rejected.")
    else:
        listing(rejects, "rejects")
    st.subheader("Expectations that failed")
    checks = data.frame(queries.CHECKS)
    if checks.empty:
        st.success("Every expectation holds.")
    else:
        listing(checks, "expectations")
    st.subheader("Newest loads")
    listing(data.frame(queries.LOADS), "loads")
