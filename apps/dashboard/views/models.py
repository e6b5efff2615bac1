"""Models: which versions score, how good they are, how fresh it all is, and how far data moved."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from apps.dashboard import data, queries
from apps.dashboard.filters import Bounds, Filters
from apps.dashboard.parts import listing, missing


def show(filters: Filters, bounds: Bounds) -> None:
    """Draw the page."""
    versions = data.frame(queries.VERSIONS, filters.source)
    if versions.empty:
        missing("No model was trained on this shop.", "clientele train")
        return
    st.subheader("What scores")
    listing(versions[versions["is_champion"]], "champions")
    st.subheader("How good they are")
    st.caption(
        "On rows that the model was not fitted to, with 95% intervals, beside what a simple rule "
        "gets on the same rows."
    )
    listing(data.frame(queries.EVALUATIONS, filters.source), "evaluations")
    st.subheader("How fresh the predictions are")
    listing(data.frame(queries.FRESHNESS, filters.source), "freshness")
    _drift(data.frame(queries.DRIFT, filters.source))
    st.subheader("Every version")
    listing(versions, "versions")


def _drift(drift: pd.DataFrame) -> None:
    st.subheader("How far customers have moved from those it learned from")
    if drift.empty:
        st.info("There is no model for churn, or it was trained as of today.")
        return
    moved = int((drift["drift_level"] == "large").sum())
    then, now = drift["reference_date"].iloc[0], drift["as_of_date"].iloc[0]
    st.caption(
        f"Customers of {now:%Y-%m-%d} beside those of {then:%Y-%m-%d}, the newest that the model "
        f"for churn was fitted to: {moved} of {len(drift)} features have moved far (an index of "
        "0.25 or more above what chance gives). What counts from the first order grows with the "
        "shop."
    )
    listing(drift, "drift")
