"""The whole procedure: choice, reconciliation and intervals, as of a past origin or of today."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.forecast.config import ForecastConfig
from ml.forecast.intervals import (
    DAY_STRETCHES,
    FLOOR_SHARE,
    WEEK_STRETCHES,
    Bounds,
    bounds,
    week_sums,
)
from ml.forecast.panel import PARTS, TOTAL, WEEK, Floats, Panel
from ml.forecast.reconcile import reconcile, round_parts, to_cents
from ml.forecast.rolling import QUARTER, Rolling, groups_of, scales


@dataclass(frozen=True)
class Spread:
    """What the errors of past origins say of errors to come.

    Attributes:
        days: factors on forecasts of days.
        weeks: factors on forecasts of calendar weeks.
        variances: mean squared errors of weeks, shape (series,).
    """

    days: Bounds
    weeks: Bounds
    variances: Floats


def spread_of(rolling: Rolling, said: Floats, day: int, config: ForecastConfig) -> Spread:
    """Learn from what was said before a day and came before it.

    Args:
        rolling: origins and what came.
        said: what the procedure said, shape (origins, series, horizon).
        day: the day of learning; later days are not looked at.
        config: how many days are judged.
    """
    past = np.flatnonzero(rolling.origins < day)[: config.error_origins]
    ahead = rolling.origins[past][:, None] + np.arange(said.shape[2])[None]
    actual = np.where((ahead < day)[:, None, :], rolling.actual[past], np.nan)
    groups = groups_of(rolling.panel, rolling.kind[past[0] if len(past) else 0])
    floors = FLOOR_SHARE * scales(rolling)[past]
    first = int(rolling.panel.weekdays[rolling.origins[0]])
    weekly, came = (week_sums(each, first)[:, :, : config.weeks] for each in (said[past], actual))
    return Spread(
        bounds(said[past], actual, floors, groups, DAY_STRETCHES),
        bounds(weekly, came, WEEK * floors, groups, WEEK_STRETCHES),
        _variances(weekly, came),
    )


def _variances(said: Floats, actual: Floats) -> Floats:
    """Mean squared error of a week, shape (series,); nan where nothing came yet."""
    errors = said - actual
    known = np.isfinite(errors)
    counts = known.sum(axis=(0, 2))
    squares = (np.where(known, errors, 0.0) ** 2).sum(axis=(0, 2))
    return np.asarray(np.where(counts > 0, squares / np.maximum(counts, 1), np.nan))


def level_of(panel: Panel) -> Floats:
    """Mean revenue a day of the last quarter, shape (series,)."""
    return np.asarray(np.maximum(panel.values[:, -QUARTER:], 0.0).mean(axis=1))


def reconciled(panel: Panel, said: Floats, variances: Floats) -> Floats:
    """Forecasts in cents whose parts add up to the total, day by day, at every level.

    Args:
        panel: which series there are.
        said: shape (series, horizon).
        variances: of errors of a week, shape (series,); nan where none is known.
    """
    total = to_cents(np.maximum(said[panel.rows(TOTAL)[0]], 0.0))
    found = np.repeat(total[None], len(said), axis=0)
    # A series without errors yet is taken for as uncertain as its level is high.
    unknown = (WEEK * level_of(panel)) ** 2
    squares = np.where(np.isfinite(variances), variances, unknown)
    for level in PARTS:
        rows = panel.rows(level)
        if len(rows):
            moved = reconcile(np.maximum(said[rows], 0.0), total, squares[rows])
            found[rows] = round_parts(moved, total)
    return found
