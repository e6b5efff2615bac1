"""Churn: who may not come back, what hangs on it, whom to call first, and were we right."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from apps.dashboard import data, figures, queries
from apps.dashboard.filters import Bounds, Filters
from apps.dashboard.parts import cards, exact, listing, missing, money

RISKS = """
least(floor(c.churn_probability * 10), 9) / 10.0 as tenth, c.churn_risk_band,
count(*) as customer_count,
cast(coalesce(sum(c.revenue_at_risk_amount), 0) as float8) as revenue_at_risk_amount
"""
LIST = """
c.priority_rank, c.customer_id, c.customer_name, c.email, c.country, c.persona_name,
c.churn_probability, c.churn_risk_band, c.churn_reason_1, c.churn_reason_2, c.churn_reason_3,
cast(c.revenue_at_risk_amount as float8) as revenue_at_risk_amount,
cast(c.expected_gain_amount as float8) as expected_gain_amount, c.is_worth_contacting
"""
SHOWN = (
    *("priority_rank", "customer_id", "country", "persona_name", "churn_probability"),
    *("revenue_at_risk_amount", "expected_gain_amount", "churn_reason_1", "churn_reason_2"),
)


def show(filters: Filters, bounds: Bounds) -> None:
    """Draw the page."""
    query = queries.customers(RISKS, filters)
    query.text += " and c.churn_probability is not null group by 1, 2 order by 1, 2"
    risks = data.frame(query)
    if risks.empty:
        missing("No customer of these filters has a churn score.", "clientele run")
        return
    risks["tenth"] = risks["tenth"].astype("float64")
    _cards(risks, bounds.currency)
    left, right = st.columns(2)
    left.plotly_chart(figures.risks(risks, "customer_count", "customers"), width="stretch")
    right.plotly_chart(
        figures.risks(risks, "revenue_at_risk_amount", f"revenue at risk, {bounds.currency}"),
        width="stretch",
    )
    st.subheader("Whom to contact first")
    st.caption("By what a contact is expected to bring: docs/outcomes.md says how.")
    people = queries.customers(LIST, filters)
    people.text += " and c.priority_rank is not null order by c.priority_rank"
    listing(data.frame(people), "contacts", SHOWN)
    st.subheader("Were earlier scores right?")
    _calibration(data.frame(queries.CALIBRATION, filters.source))


def _cards(risks: pd.DataFrame, currency: str) -> None:
    high = risks[risks["churn_risk_band"].isin(["high", "critical"])]
    at_risk = float(risks["revenue_at_risk_amount"].sum())
    cards(
        [
            ("Scored customers", f"{int(risks['customer_count'].sum()):,}", None, ""),
            ("High or critical", f"{int(high['customer_count'].sum()):,}", None, ""),
            (
                "Revenue at risk",
                money(at_risk),
                None,
                exact(at_risk, currency, "Probability times expectation."),
            ),
        ],
        currency,
    )


def _calibration(found: pd.DataFrame) -> None:
    if found.empty:
        st.info(
            "No scored day is older than the horizon yet: once it is, what was predicted stands "
            "here beside what happened."
        )
        return
    kind = found["is_hindsight"].map({True: ", in hindsight", False: ""})
    found["scored"] = found["as_of_date"].dt.strftime("%Y-%m-%d") + kind
    st.plotly_chart(figures.calibration(found), width="stretch")
