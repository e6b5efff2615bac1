"""How far off forecasts were at past origins, and so the intervals of those to come.

Conformal: the errors are revenue over forecast, sorted, and the interval is between the order
statistics that hold so many of `n + 1`. One set for each series and stretch of the horizon where
the series has enough, otherwise that of its kind and level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.forecast.panel import WEEK, Floats

LEVELS = (0.80, 0.95)
DAY_STRETCHES = (7, 14, 28, 56, 10_000)
"""Last day ahead of each stretch."""
WEEK_STRETCHES = (2, 4, 8, 10_000)
LEAST_OWN = 28
"""Errors that a series needs to have quantiles of its own."""
LEAST_POOLED = 9
FLOOR_SHARE = 0.05
MAX_RATIO = 50.0
EPSILON = 1e-9


@dataclass(frozen=True)
class Bounds:
    """Factors on the forecast: 80% low, 80% high, 95% low, 95% high, by series and stretch.

    Attributes:
        factors: shape (series, stretches, 4); nan where nothing is known.
        common: of each group, shape (stretches, 4), for series that were not there.
        stretches: last step ahead of each stretch.
    """

    factors: Floats
    common: dict[str, Floats]
    stretches: tuple[int, ...]


def bounds(
    said: Floats, actual: Floats, floors: Floats, groups: np.ndarray, stretches: tuple[int, ...]
) -> Bounds:
    """Learn factors from what was said and what came.

    Args:
        said: forecasts, shape (origins, series, steps).
        actual: same shape, nan where not known yet.
        floors: the least that a forecast is divided by, shape (origins, series).
        groups: whose errors count for a series that has too few, shape (series,).
        stretches: last step of each stretch.
    """
    base = np.maximum(said, floors[:, :, None])
    # A day on which the shop is closed, as it was told, is no forecast to learn from.
    counted = np.isfinite(actual) & (said > 0) & (base > 0)
    ratios = np.where(counted, np.minimum(actual / np.where(base > 0, base, 1), MAX_RATIO), np.nan)
    stretch_of = np.searchsorted(stretches, np.arange(1, said.shape[2] + 1))
    cut = [ratios[:, :, stretch_of == stretch] for stretch in range(len(stretches))]
    common = {
        str(group): _carried(np.array([_pooled(part[:, groups == group]) for part in cut]))
        for group in np.unique(groups)
    }
    own = [_of_series(cut, row, common[str(group)]) for row, group in enumerate(groups)]
    return Bounds(np.array(own).reshape(len(groups), len(stretches), 4), common, stretches)


def _pooled(ratios: Floats) -> Floats:
    known = _known(ratios)
    return quantiles(known) if len(known) >= LEAST_POOLED else np.full(4, np.nan)


def _of_series(cut: list[Floats], row: int, common: Floats) -> Floats:
    errors = [_known(part[:, row]) for part in cut]
    return np.array(
        [
            quantiles(known) if len(known) >= LEAST_OWN else common[stretch]
            for stretch, known in enumerate(errors)
        ]
    )


def _known(ratios: Floats) -> Floats:
    return np.asarray(np.sort(ratios[np.isfinite(ratios)]))


def quantiles(ordered: Floats) -> Floats:
    """Order statistics that hold 80% and 95% of n + 1 errors, shape (4,)."""
    count = len(ordered)
    found = []
    for level in LEVELS:
        tail = (1 - level) / 2
        low = int(np.floor((count + 1) * tail + EPSILON))
        high = int(np.ceil((count + 1) * (1 - tail) - EPSILON))
        found += [ordered[max(low, 1) - 1], ordered[min(high, count) - 1]]
    return np.array(found)


def _carried(factors: Floats) -> Floats:
    """Stretches of which nothing is known yet take the one before, the first the one after."""
    known = np.flatnonzero(np.isfinite(factors[:, 0]))
    for stretch in np.flatnonzero(np.isnan(factors[:, 0])) if len(known) else ():
        earlier = known[known < stretch]
        factors[stretch] = factors[earlier[-1] if len(earlier) else known[0]]
    return factors


def ends_of(
    forecast: Floats, floors: Floats, factors: Floats, stretches: tuple[int, ...]
) -> Floats:
    """Ends of intervals, shape (series, steps, 4), that always hold the forecast.

    A day with a forecast of nothing, because the shop is closed, has an interval of nothing.

    Args:
        forecast: shape (series, steps), from the first step ahead.
        floors: shape (series,).
        factors: shape (series, stretches, 4).
        stretches: last step of each stretch.
    """
    steps = np.searchsorted(stretches, np.arange(1, forecast.shape[1] + 1))
    base = np.maximum(forecast, floors[:, None])[:, :, None]
    ends = np.where(forecast[:, :, None] > 0, base * factors[:, steps], 0.0 * factors[:, steps])
    ends[:, :, ::2] = np.minimum(ends[:, :, ::2], forecast[:, :, None])
    ends[:, :, 1::2] = np.maximum(ends[:, :, 1::2], forecast[:, :, None])
    return np.asarray(ends)


def week_sums(values: Floats, first_weekday: int) -> Floats:
    """Sums of whole calendar weeks, Monday to Sunday, of days ahead on the last axis.

    Args:
        values: shape (..., days).
        first_weekday: of the first day, 0 for Monday. Days before the first Monday are left out.
    """
    skip = -first_weekday % WEEK
    whole = (values.shape[-1] - skip) // WEEK
    cut = values[..., skip : skip + whole * WEEK]
    return np.asarray(cut.reshape(*values.shape[:-1], whole, WEEK).sum(axis=-1))
