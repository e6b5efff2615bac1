"""Forecasts: sales to come with their intervals, and how earlier forecasts did."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from apps.dashboard import data, figures, queries
from apps.dashboard.filters import Bounds, Filters
from apps.dashboard.parts import cards, exact, listing, missing, money

LEVELS = {"The shop": "total", "By country": "country", "By category": "category"}


def show(filters: Filters, bounds: Bounds) -> None:
    """Draw the page. A country of the filters chooses its series; the segment has no say."""
    series = data.frame(queries.FORECAST_SERIES, filters.source)
    if series.empty:
        missing("This shop has no forecasts.", "clientele run")
        return
    level, key = _chosen(filters, series)
    found = data.frame(queries.FORECAST, filters.source, level, key, "day")
    known = found.dropna(subset=["value"])
    if known.empty:
        reason = found["reason"].dropna()
        st.info(reason.iloc[0] if len(reason) else "There is no forecast of this series.")
        return
    _cards(known, bounds.currency)
    days = data.frame(queries.SOLD, filters.source, level, key)
    st.plotly_chart(figures.revenue(days, bounds.currency, known), width="stretch")
    method = known["method"].iloc[0]
    st.caption(
        f"Goods only, net of discounts and before returns; by {method}, as of "
        f"{known['as_of_date'].iloc[0]:%Y-%m-%d}. The band is meant to hold 80% of days; "
        "the page Models says how many it held of those that came."
    )
    st.subheader("By week")
    listing(data.frame(queries.FORECAST, filters.source, level, key, "week"), "forecast-weeks")
    st.subheader("How earlier forecasts did")
    accuracy = data.frame(queries.FORECAST_ACCURACY, filters.source)
    if accuracy.empty:
        st.info("No forecast day has come yet: once it has, what was sold stands here beside it.")
    else:
        listing(accuracy, "forecast-accuracy")


def _chosen(filters: Filters, frame: pd.DataFrame) -> tuple[str, str]:
    levels = [label for label, level in LEVELS.items() if (frame["series_level"] == level).any()]
    start = levels.index("By country") if filters.country and "By country" in levels else 0
    label = st.radio("Of what", levels, index=start, horizontal=True)
    level = LEVELS[label]
    keys = frame[frame["series_level"] == level]["series_key"].tolist()
    if level == "total":
        return level, keys[0]
    place = keys.index(filters.country) if filters.country in keys else 0
    return level, st.selectbox(label, keys, index=place)


def _cards(frame: pd.DataFrame, currency: str) -> None:
    near = frame[frame["horizon_days"] <= 28]["value"].sum()
    far = frame["value"].sum()
    cards(
        [
            ("Next 28 days", money(near), None, exact(near, currency)),
            ("All days ahead", money(far), None, exact(far, currency)),
        ],
        currency,
    )
