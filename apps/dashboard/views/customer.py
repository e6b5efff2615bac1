"""Customer: search somebody, and see all that is known."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from apps.dashboard import data, figures, queries
from apps.dashboard.filters import Bounds, Filters
from apps.dashboard.parts import cards, listing, money

ASKED = "customer"


def show(filters: Filters, bounds: Bounds) -> None:
    """Draw the page."""
    text = st.text_input("Search by number, name or e-mail", max_chars=100)
    if text.strip():
        _pick(data.frame(queries.FOUND, filters.source, text.strip()))
    chosen = st.query_params.get(ASKED)
    if not chosen:
        st.info("Search for somebody, or open this page with ?customer=ID in its address.")
        return
    found = data.frame(queries.CUSTOMER, chosen)
    if found.empty:
        st.warning(f"There is no customer {chosen}.")
        return
    _customer(found.iloc[0], bounds.currency)


def _pick(found: pd.DataFrame) -> None:
    if found.empty:
        st.warning("Nobody was found.")
        return
    names = {str(row["customer_id"]): _described(row) for row in found.to_dict("records")}
    chosen = st.selectbox("Found", list(names), format_func=lambda key: names[key])
    st.query_params[ASKED] = chosen


def _described(row: dict[Any, Any]) -> str:
    parts = [row[name] for name in ("customer_id", "customer_name", "email")]
    return " · ".join(str(part) for part in parts if not pd.isna(part))


def _customer(row: pd.Series, currency: str) -> None:
    name = row["customer_name"] if pd.notna(row["customer_name"]) else row["customer_id"]
    st.header(str(name))
    st.caption(" · ".join(_known(row, ("customer_id", "country", "email", "phone"))))
    churn, value = row["churn_probability"], row["clv_12_months_amount"]
    cards(
        [
            ("Net revenue", money(float(row["net_revenue_amount"])), None, ""),
            ("Orders", f"{int(row['order_count']):,}", None, ""),
            ("Segment", _text(row["persona_name"]), None, _text(row["recommended_action"])),
            ("Churn risk", "none" if pd.isna(churn) else f"{churn:.0%}", None, ""),
            ("Next twelve months", money(_number(value)), None, ""),
        ],
        currency,
    )
    reasons = _known(row, ("churn_reason_1", "churn_reason_2", "churn_reason_3"))
    if reasons:
        st.write("Why this risk: " + "; ".join(reasons))
    expected = row["predicted_next_order_date"]
    if pd.notna(expected):
        st.write(f"Next order expected by {pd.Timestamp(expected):%Y-%m-%d}, if at all.")
    left, right = st.columns(2)
    history = data.frame(queries.HISTORY, row["customer_id"])
    if not history.empty:
        left.plotly_chart(figures.history(history, currency), width="stretch")
    curve = data.frame(queries.CURVE, row["customer_id"])
    if not curve.empty:
        right.plotly_chart(figures.curve(curve, currency), width="stretch")
    st.subheader("What to offer")
    offers = data.frame(queries.LISTS, row["customer_id"])
    if offers.empty:
        st.info("No list was made for this customer yet.")
    else:
        listing(offers, "offers")
    st.subheader("Orders")
    listing(history, "orders")
    with st.expander("Everything that is known"):
        known = row.dropna().astype(str)
        st.dataframe(known.rename("value"), width="stretch")


def _known(row: pd.Series, names: tuple[str, ...]) -> list[str]:
    return [str(row[name]) for name in names if pd.notna(row[name])]


def _text(value: Any) -> str:
    return "none" if pd.isna(value) else str(value)


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
