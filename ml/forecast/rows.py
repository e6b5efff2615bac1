"""Forecasts as rows of ml.sales_forecasts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ml.forecast.panel import PRODUCT, WEEK, Floats, Panel
from ml.forecast.recipe import Forecasts

DAY_GRAIN, WEEK_GRAIN = "day", "week"
AMOUNTS = (
    *("forecast_amount", "lower_80_amount", "upper_80_amount"),
    *("lower_95_amount", "upper_95_amount"),
)
COLUMNS = (
    *("source_name", "as_of_date", "series_level", "series_key", "grain"),
    *("target_date", "target_end_date", "horizon_days", *AMOUNTS),
    *("series_kind", "method", "is_expected_open", "reason"),
)
NO_INTERVAL = "no interval: there is no forecast of the past whose error is known"
NAMES = (*("source_name", "as_of_date", "series_level", "series_key"), "series_kind", "method")


def rows_of(
    source: str, as_of: pd.Timestamp, panel: Panel, said: Forecasts, product_days: int
) -> pd.DataFrame:
    """Every series by day, to the end of the last week, and by week; products by fewer days."""
    skip = -as_of.day_of_week % WEEK
    week_count = said.weeks.shape[1]
    day_count = skip + WEEK * week_count
    days = _table(as_of, panel, said, DAY_GRAIN, np.arange(1, day_count + 1))
    weeks = _table(as_of, panel, said, WEEK_GRAIN, skip + 1 + WEEK * np.arange(week_count))
    is_far = (days["series_level"] == PRODUCT) & (days["horizon_days"] > product_days)
    rows = pd.concat([days[~is_far], weeks], ignore_index=True)
    return rows.assign(source_name=source, as_of_date=as_of)[list(COLUMNS)]


def _table(
    as_of: pd.Timestamp, panel: Panel, said: Forecasts, grain: str, ahead: np.ndarray
) -> pd.DataFrame:
    """One row per series and step; `ahead` are the days from as_of to the target, from 1."""
    is_week = grain == WEEK_GRAIN
    values, ends = (said.weeks, said.week_ends) if is_week else (said.days, said.day_ends)
    series, steps = len(panel.keys), len(ahead)
    target = as_of + pd.to_timedelta(np.tile(ahead, series) - 1, unit="D")
    rows = pd.DataFrame(
        {
            "series_level": np.repeat(panel.levels, steps),
            "series_key": np.repeat(panel.keys, steps),
            "grain": grain,
            "target_date": target,
            "target_end_date": target + pd.Timedelta(days=WEEK - 1 if is_week else 0),
            "horizon_days": np.tile(ahead, series),
            "forecast_amount": values[:, :steps].reshape(-1),
            "series_kind": np.repeat(said.kinds, steps),
            "method": np.repeat([" + ".join(each) for each in said.members], steps),
            "is_expected_open": None if is_week else np.tile(said.is_open[:steps], series),
        }
    )
    rows[list(AMOUNTS[1:])] = np.round(ends[:, :steps].reshape(-1, 4), 2)
    rows["reason"] = [
        NO_INTERVAL if missing else None for missing in rows["upper_80_amount"].isna()
    ]
    return rows


def silent_rows(
    source: str, as_of: pd.Timestamp, names: Sequence[tuple[str, str]], weeks: int, reason: str
) -> pd.DataFrame:
    """Rows without a forecast, and why: of every series, week by week and day by day."""
    values: Floats = np.full((len(names), weeks * WEEK + WEEK), np.nan)
    said = Forecasts(
        days=values,
        day_ends=np.full((*values.shape, 4), np.nan),
        weeks=values[:, :weeks],
        week_ends=np.full((len(names), weeks, 4), np.nan),
        members=tuple(() for _ in names),
        kinds=tuple("" for _ in names),
        is_open=np.zeros(values.shape[1], dtype=bool),
    )
    levels, keys = zip(*names, strict=True)
    nothing = np.zeros(0, dtype=bool)
    panel = Panel(np.datetime64(as_of, "D"), levels, keys, values[:, :0], nothing, nothing, nothing)
    rows = rows_of(source, as_of, panel, said, WEEK)
    return rows.assign(reason=reason, series_kind=None, method=None, is_expected_open=None)
