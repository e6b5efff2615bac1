"""Models: which versions score, how good they are beside simple rules, and how fresh it all is."""

from __future__ import annotations

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
    st.subheader("Every version")
    listing(versions, "versions")
