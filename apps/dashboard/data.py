"""Frames of the warehouse, kept for a minute: several people look at the same page."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from apps.dashboard import queries
from apps.dashboard.filters import Bounds
from apps.sql import Query
from warehouse.bulk import KeptConnections
from warehouse.settings import load_settings

KEEP_SECONDS = int(os.environ.get("CLIENTELE_DASHBOARD_CACHE_SECONDS", "60"))


@st.cache_resource
def connections() -> KeptConnections:
    """Connections to the database that the environment names."""
    return KeptConnections(load_settings())


@st.cache_data(ttl=KEEP_SECONDS, show_spinner=False)
def _read(text: str, arguments: tuple[Any, ...]) -> pd.DataFrame:
    return connections().read_frame(text, arguments)


def frame(query: Query | str, *arguments: Any) -> pd.DataFrame:
    """Return the rows of a statement."""
    if isinstance(query, Query):
        return _read(query.text, tuple(query.arguments))
    return _read(query, arguments)


def shops() -> list[str]:
    """The shops that have orders."""
    found: list[str] = frame(queries.SHOPS)["source_name"].tolist()
    return found


def bounds(source: str) -> Bounds:
    """What there is to choose from in a shop."""
    row = frame(queries.BOUNDS, source).iloc[0]
    return Bounds(
        _day(row["first_order_date"]),
        _day(row["last_order_date"]),
        row["currency"] if isinstance(row["currency"], str) else "",
        tuple(frame(queries.COUNTRIES, source)["country"]),
        tuple(frame(queries.PERSONAS, source)["persona_name"]),
    )


def _day(value: Any) -> date:
    day: date = pd.Timestamp(value).date()
    return day
