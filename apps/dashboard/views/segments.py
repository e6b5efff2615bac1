"""Segments: where customers stand, what each group is like, and who moved."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from apps.dashboard import data, figures, queries
from apps.dashboard.filters import Bounds, Filters
from apps.dashboard.parts import listing, missing

PLOTS = {"principal components": ("pca_1", "pca_2"), "neighbours (t-SNE)": ("tsne_1", "tsne_2")}


def show(filters: Filters, bounds: Bounds) -> None:
    """Draw the page."""
    segments = data.frame(queries.SEGMENTS, filters.source)
    if segments.empty:
        missing("This shop has no segments.", "clientele train segmentation")
        return
    shown = (
        segments if not filters.persona else segments[segments["persona_name"] == filters.persona]
    )
    st.subheader("What to do with whom")
    listing(
        shown[["persona_name", "customer_count", "customer_share", "recommended_action"]],
        "segments",
    )
    st.subheader("Where they stand")
    _scatter(filters)
    profiles = data.frame(queries.PROFILES, filters.source)
    st.subheader("Two segments side by side")
    _compare(segments["persona_name"].tolist(), profiles)
    st.subheader("Who moved last month")
    moves = data.frame(queries.MIGRATION, filters.source)
    if moves.empty:
        st.info("There is no whole month to compare yet.")
    else:
        month = moves["month_start_date"].iloc[0]
        st.caption(f"RFM segments of {month:%B %Y}: of those in a row, the share that went where.")
        st.plotly_chart(figures.migration(moves), width="stretch")


def _scatter(filters: Filters) -> None:
    points = data.frame(queries.COORDINATES, filters.source)
    if filters.persona:
        points = points[points["persona_name"] == filters.persona]
    name = st.radio("Plot", list(PLOTS), horizontal=True, label_visibility="collapsed")
    first, second = PLOTS[name]
    points = points.dropna(subset=[first, second])
    if points.empty:
        st.info("There are no points of this kind.")
        return
    st.caption(f"{len(points):,} customers of a sample. Drag to zoom, double-click to go back.")
    st.plotly_chart(figures.scatter(points, first, second), width="stretch")


def _compare(names: list[str], profiles: pd.DataFrame) -> None:
    left, right = st.columns(2)
    one = left.selectbox("One", names, index=0)
    other = right.selectbox("The other", names, index=min(1, len(names) - 1))
    table = profiles[profiles["persona_name"].isin([one, other])].pivot_table(
        index="feature_name", columns="persona_name", values="median_value", aggfunc="first"
    )
    st.caption("Medians, in the units of the feature.")
    listing(table.reset_index().round(2), "segment-comparison")
