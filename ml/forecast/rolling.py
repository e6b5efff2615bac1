"""What every method said at past origins, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ml.forecast import learned
from ml.forecast.config import ForecastConfig
from ml.forecast.local import View
from ml.forecast.methods import INTERMITTENT, YOUNG, kinds, say, tried
from ml.forecast.panel import WEEK, Floats, Ints, Panel

QUARTER = 91


@dataclass(frozen=True)
class Rolling:
    """Forecasts of past origins, the newest origin first.

    Attributes:
        panel: the history.
        origins: first day that is forecast, shape (origins,).
        names: methods.
        said: shape (methods, origins, series, horizon); nan where a method was not tried.
        actual: shape (origins, series, horizon); nan for days that are not history.
        kind: kind of each series at each origin, shape (origins, series).
    """

    panel: Panel
    origins: Ints
    names: tuple[str, ...]
    said: npt.NDArray[np.float32]
    actual: Floats
    kind: np.ndarray


def origins_of(day_count: int, config: ForecastConfig) -> Ints:
    """Origins of which the judged days are history: those to measure on, and those to choose by.

    The oldest origin to measure on still has as many to choose by as the newest, where there is
    so much history.
    """
    gap = config.judged_days // config.step_days
    most = config.measured_origins + gap - 1 + config.choice_origins
    newest = day_count - config.judged_days
    found = range(newest, config.least_origin_days - 1, -config.step_days)[:most]
    return np.array(found, dtype=np.int64)


def roll(panel: Panel, config: ForecastConfig, known: learned.Examples) -> Rolling:
    """Ask all methods at all origins; each knows only what was known before its origin."""
    origins = origins_of(panel.day_count, config)
    answers = [_at(panel, int(origin), config, known) for origin in origins]
    names = tuple(sorted({name for said, _ in answers for name in said}))
    shape = (len(names), len(origins), len(panel.keys), config.horizon)
    said = np.full(shape, np.nan, dtype=np.float32)
    for place, (answer, _) in enumerate(answers):
        for name, values in answer.items():
            said[names.index(name), place] = values
    kind = np.array([kind for _, kind in answers]).reshape(shape[1:3])
    return Rolling(panel, origins, names, said, _actual(panel, origins, config.horizon), kind)


def _at(
    panel: Panel, origin: int, config: ForecastConfig, known: learned.Examples
) -> tuple[dict[str, Floats], list[str]]:
    past = panel.until(origin)
    models: dict[str, Any] = {}
    if config.learned and known.ratios.size:
        models = learned.fit(known.before(origin, config.learned_rows), config.learned)
    wanted = tried(past, config.statistical, config.learned)
    return say(View(past, config.horizon), wanted, models), kinds(past)


def _actual(panel: Panel, origins: Ints, horizon: int) -> Floats:
    days = np.maximum(panel.values, 0.0)
    padded = np.pad(days, ((0, 0), (0, horizon)), constant_values=np.nan)
    found = [padded[:, origin : origin + horizon] for origin in origins]
    return np.array(found).reshape(len(origins), len(days), horizon)


def losses(rolling: Rolling, config: ForecastConfig) -> Floats:
    """How far off each method was in the judged days, shape (methods, origins, series).

    Mean absolute error over the level before the origin: of days for series that sell daily, of
    weeks for those that sell seldom, where most days are nothing and no error of a day says
    whether the level was right.
    """
    days = slice(0, config.judged_days)
    errors = rolling.said[:, :, :, days] - rolling.actual[None, :, :, days]
    shape = (*errors.shape[:3], config.judged_days // WEEK, WEEK)
    daily = np.abs(errors).mean(axis=3)
    weekly = np.abs(errors.reshape(shape).sum(axis=4)).mean(axis=3) / WEEK
    by_weeks = np.isin(rolling.kind, [INTERMITTENT, YOUNG])
    scale = error_scales(rolling, config)
    return np.asarray(np.where(by_weeks[None], weekly, daily) / scale[None])


def scales(rolling: Rolling) -> Floats:
    """Mean revenue a day of the quarter before each origin, shape (origins, series)."""
    values = np.maximum(rolling.panel.values, 0.0)
    found = [values[:, max(o - QUARTER, 0) : o].mean(axis=1) for o in rolling.origins]
    return np.array(found).reshape(len(rolling.origins), len(values))


def error_scales(rolling: Rolling, config: ForecastConfig) -> Floats:
    """What errors are divided by: the level before the origin, and for a series that had next to
    nothing then, a quarter of its mean up to the end of the judged days. Shape (origins, series).
    """
    values = np.maximum(rolling.panel.values, 0.0)
    found = [values[:, : o + config.judged_days].mean(axis=1) for o in rolling.origins]
    means = np.array(found).reshape(len(rolling.origins), len(values))
    return np.asarray(np.maximum(scales(rolling), np.maximum(0.25 * means, 0.01)))


def groups_of(panel: Panel, kinds: np.ndarray) -> np.ndarray:
    """Whose errors stand for those of a series: of its level and kind."""
    pairs = zip(panel.levels, kinds, strict=True)
    return np.array([f"{level}/{kind}" for level, kind in pairs], dtype=object)
