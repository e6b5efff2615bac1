"""The CDNOW sample as the literature counts it: 39 weeks to fit, 39 weeks held out."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.e2e.real_data import CDNOW

CUT = pd.Timestamp("1997-09-30")
WEEKS = 39.0
needs_cdnow = pytest.mark.skipif(
    not CDNOW.exists(), reason=f"CDNOW is not at {CDNOW}: set CLIENTELE_SHARED_DATA"
)


def order_days() -> pd.DataFrame:
    """One row per customer and day with an order: id, day, dollars."""
    names = ["master", "id", "day", "count", "dollars"]
    rows = pd.read_csv(CDNOW, sep=r"\s+", header=None, names=names)
    rows["day"] = pd.to_datetime(rows["day"].astype(str), format="%Y%m%d")
    return rows.groupby(["id", "day"], as_index=False)["dollars"].sum()


def histories(days: pd.DataFrame, cut: pd.Timestamp = CUT) -> pd.DataFrame:
    """x, t_x and T in weeks up to the cut, mean value of repeat orders, orders afterwards."""
    past = days[days["day"] <= cut]
    by_customer = past.groupby("id")["day"]
    first, last = by_customer.min(), by_customer.max()
    repeats = past[past["day"] > past["id"].map(first)]
    later = days[days["day"] > cut].groupby("id").size()
    return pd.DataFrame(
        {
            "x": by_customer.size() - 1,
            "t_x": (last - first).dt.days / 7,
            "T": (cut - first).dt.days / 7,
            "mean_value": repeats.groupby("id")["dollars"].mean(),
            "later": later,
        },
        index=first.index,
    ).fillna({"mean_value": 0.0, "later": 0.0})
