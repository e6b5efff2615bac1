"""What pages are made of: cards, lists with an export, and words for what is not there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from time import sleep
from typing import Any

import pandas as pd
import streamlit as st

from apps.csv_rows import csv_line

MOST_ROWS_SHOWN = 500
# From here on charts may be sent: long enough for a browser to put up the cards first.
PAUSE_SECONDS = 0.4


def money(value: float | None) -> str:
    """An amount as fits on a card: 520, 9,999, 43.1k, 9.94M."""
    if value is None or math.isnan(value):
        return "none"
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            number = value / (1e3 if letter == "k" else size)
            return f"{number:,.{2 if number < 10 else 1}f}{letter}"
    return f"{value:,.0f}"


def exact(value: float, currency: str, text: str = "") -> str:
    """The amount to the hundredth, for the help of a card."""
    return f"{value:,.2f} {currency}. {text}".strip()


def change(now: float | None, before: float | None) -> str | None:
    """The change against before as a share; None where there is nothing to compare with."""
    if now is None or not before or math.isnan(now) or math.isnan(before):
        return None
    return f"{now / before - 1:+.1%}"


def cards(found: Sequence[tuple[str, str, str | None, str]], currency: str = "") -> None:
    """Cards side by side; on a narrow screen one below the other. Label, value, change, help."""
    columns = st.columns(len(found))
    for column, (label, value, delta, text) in zip(columns, found, strict=True):
        column.metric(label, value, delta, help=text, border=True)
    if currency:
        st.caption(f"Amounts in {currency}.")
    _let_them_be_seen()


def _let_them_be_seen() -> None:
    """Wait once per visitor before anything else is sent.

    The first chart makes the browser unpack Plotly, and for a second or two it puts up nothing: the
    cards too would come after that, though they are there.
    """
    if "cards_were_seen" not in st.session_state:
        st.session_state["cards_were_seen"] = True
        sleep(PAUSE_SECONDS)


def listing(frame: pd.DataFrame, name: str, shown: Sequence[str] = ()) -> None:
    """A list with its export: the file holds all rows and columns, the screen the first ones."""
    if frame.empty:
        st.info("There is nothing to list for these filters.")
        return
    top = frame[list(shown) if shown else list(frame.columns)].head(MOST_ROWS_SHOWN)
    st.dataframe(top, hide_index=True, width="stretch", column_config=_columns(top))
    if len(frame) > MOST_ROWS_SHOWN:
        st.caption(f"The first {MOST_ROWS_SHOWN} of {len(frame):,}; the file holds all of them.")
    st.download_button(
        f"Export {len(frame):,} rows as CSV",
        to_csv(frame),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"export-{name}",
    )


def _columns(frame: pd.DataFrame) -> dict[str, Any]:
    """Names without underscores, days without hours, amounts and shares as people read them."""
    found: dict[str, Any] = {}
    for name in frame.columns:
        label = str(name).replace("_", " ").removesuffix(" amount")
        kind = frame[name].dtype.kind
        if kind == "M" and str(name).endswith("_date"):
            found[name] = st.column_config.DateColumn(label, format="YYYY-MM-DD")
        elif kind == "f" and str(name).endswith(("_share", "_probability", "_rate")):
            found[name] = st.column_config.NumberColumn(label, format="percent")
        elif kind in "fi":
            found[name] = st.column_config.NumberColumn(label, format="localized")
        else:
            found[name] = st.column_config.Column(label)
    return found


def to_csv(frame: pd.DataFrame) -> bytes:
    """A frame as CSV; texts that a spreadsheet would run as formulas are quoted."""
    rows = frame.astype(object).where(frame.notna(), None)
    return csv_line(frame.columns) + b"".join(
        csv_line(row) for row in rows.itertuples(index=False, name=None)
    )


def missing(what: str, command: str) -> None:
    """Say that something has not been made, and what makes it."""
    st.info(f"{what} Run `{command}`, then reload this page.")
