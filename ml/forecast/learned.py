"""Methods that learn from the large series of a shop at once: regression, forest, boosting.

A row is a series, an origin and a day to come; the target is the revenue of the day over what the
level of the last four weeks and the weekday's share say. So series of any size can be learned from
together, and one fitted model serves every horizon ("direct" forecasts).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.forecast.local import View
from ml.forecast.panel import WEEK, Flags, Floats, Ints, Panel

MAX_RATIO = 5.0
LEAST_WEEKS = 8
LEAST_ROWS = 200
MAX_ORIGINS = 104
YEAR_DAYS = 365.25
LEAST_SEASON_DAYS = 548
"""Before that no day of the year was seen twice, and nobody can tell a season from a trend."""
CHRISTMAS = 358
SEED = 20_240_601
TRAIN_HORIZONS = (*range(1, 29), *range(31, 98, 5))
"""Every day of four weeks, then every fifth: later days differ less from each other."""


@dataclass(frozen=True)
class Rows:
    """Rows of one origin: features, what ratios multiply, open days, the day each speaks of."""

    features: Floats
    base: Floats
    is_open: Flags


def rows_of(view: View) -> Rows:
    """Features of every series and day to come, row by row: shape (series x horizon, features)."""
    series, horizon = len(view.history), view.horizon
    base = view.flat(_level(view, 4)).reshape(-1)
    share = view.profiles[:, view.future_weekdays].reshape(-1, 1) * WEEK
    by_series = np.repeat(_series_features(view), horizon, axis=0)
    by_day = np.tile(_day_features(view), (series, 1))
    features = np.hstack([share, by_series, by_day])
    return Rows(features, base, np.tile(view.open.future, series))


def _level(view: View, weeks: int) -> Floats:
    recent = view.weeks[:, -weeks:]
    known = ~np.isnan(recent)
    sums = np.where(known, recent, 0.0).sum(axis=1)
    return np.asarray(sums / np.maximum(known.sum(axis=1), 1))


def _series_features(view: View) -> Floats:
    """Last week over month, month over quarter (logs), and how much weeks differ."""
    week, month, quarter = (_level(view, weeks) for weeks in (1, 4, 13))
    floor = np.maximum(quarter, 0.01) * 0.05
    recent = np.nan_to_num(view.weeks[:, -LEAST_WEEKS:])
    spread = recent.std(axis=1) / np.maximum(recent.mean(axis=1), floor)
    week, month, quarter = (np.maximum(level, floor) for level in (week, month, quarter))
    return np.column_stack([np.log(week / month), np.log(month / quarter), spread])


def _day_features(view: View) -> Floats:
    """Days ahead, weekday, holiday and its neighbours, promotion, season."""
    count, horizon = view.panel.day_count, view.horizon
    ahead = slice(count, count + horizon)
    holiday = view.panel.holidays
    near = np.zeros(len(holiday), bool)
    near[1:] |= holiday[:-1]
    near[:-1] |= holiday[1:]
    known = [holiday[ahead], near[ahead], view.panel.promotions[ahead]]
    days = view.panel.first_day + np.arange(count, count + horizon).astype("timedelta64[D]")
    weekday = np.eye(WEEK)[view.future_weekdays]
    return np.column_stack([np.arange(1, horizon + 1), *known, *_season(days, count), weekday])


def _season(days: np.ndarray, history_days: int) -> list[Floats]:
    """Where in the year a day lies; nothing for a shop that has not seen a year and a half."""
    year_day = (days - days.astype("datetime64[Y]")).astype(float)
    angle = 2 * np.pi * year_day / YEAR_DAYS
    christmas = np.minimum(np.abs(CHRISTMAS - year_day), 60)
    is_known = float(history_days >= LEAST_SEASON_DAYS)
    return [is_known * column for column in (np.sin(angle), np.cos(angle), christmas)]


@dataclass(frozen=True)
class Examples:
    """Rows of past origins: what was known, what came of it, and when."""

    features: Floats
    ratios: Floats
    weights: Floats
    days: Ints
    """Number of the day that the row speaks of: known only after it."""

    def before(self, day: int, most: int) -> Examples:
        """Those whose day is over before `day`, at the most so many, evenly over time."""
        chosen = np.flatnonzero(self.days < day)
        if len(chosen) > most:
            chosen = chosen[np.linspace(0, len(chosen) - 1, most).astype(int)]
        return Examples(
            self.features[chosen], self.ratios[chosen], self.weights[chosen], self.days[chosen]
        )


def largest(panel: Panel, count: int) -> Ints:
    """The series of the most revenue in the last year."""
    sums = panel.values[:, -365:].sum(axis=1)
    return np.sort(np.argsort(-sums, kind="stable")[:count])


def examples(panel: Panel, horizon: int) -> Examples:
    """Rows of origins a week apart, the newest 104, each with the history before it only."""
    count = panel.day_count
    origins = range(count - WEEK, LEAST_WEEKS * WEEK - 1, -WEEK)[:MAX_ORIGINS]
    parts = [_past_rows(panel, origin, min(horizon, count - origin)) for origin in origins]
    if not parts:
        return Examples(np.zeros((0, 1)), np.zeros(0), np.zeros(0), np.zeros(0, np.int64))
    return Examples(*(np.concatenate([getattr(part, name) for part in parts]) for name in _FIELDS))


_FIELDS = ("features", "ratios", "weights", "days")


def _past_rows(panel: Panel, origin: int, horizon: int) -> Examples:
    """Weights are the root of a series' share: ratios of small series are mostly noise."""
    view = View(panel.until(origin), horizon)
    rows = rows_of(view)
    actual = np.maximum(panel.values[:, origin : origin + horizon], 0.0).reshape(-1)
    ahead = np.tile(np.arange(1, horizon + 1), len(view.history))
    chosen = rows.is_open & (rows.base > 0) & np.isin(ahead, TRAIN_HORIZONS)
    base = rows.base[chosen]
    ratio = np.minimum(actual[chosen] / base, MAX_RATIO)
    weights = np.sqrt(base / max(float(rows.base.max()), 0.01))
    return Examples(rows.features[chosen], ratio, weights, origin + ahead[chosen] - 1)


def linear_regression() -> Any:
    """Ridge regression on standardised features."""
    from sklearn.linear_model import Ridge  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    return make_pipeline(StandardScaler(), Ridge(alpha=10.0))


def random_forest() -> Any:
    """Thirty trees with large leaves."""
    from sklearn.ensemble import RandomForestRegressor  # noqa: PLC0415

    shape = {"min_samples_leaf": 20, "max_features": 0.5, "max_samples": 0.5}
    return RandomForestRegressor(n_estimators=30, random_state=SEED, n_jobs=1, **shape)


def lightgbm() -> Any:
    """Small trees, few of them, for the absolute error."""
    from lightgbm import LGBMRegressor  # noqa: PLC0415

    shape = {"n_estimators": 80, "learning_rate": 0.06, "num_leaves": 8, "min_child_samples": 40}
    exact = {"n_jobs": 1, "deterministic": True, "force_row_wise": True, "verbose": -1}
    return LGBMRegressor(objective="l1", random_state=SEED, **shape, **exact)


BUILDERS: dict[str, Callable[[], Any]] = {
    "linear_regression": linear_regression,
    "random_forest": random_forest,
    "lightgbm": lightgbm,
}


def fit(known: Examples, names: Sequence[str]) -> dict[str, Any]:
    """Fit models to examples; none where there are too few to learn from."""
    if len(known.ratios) < LEAST_ROWS:
        return {}
    fitted = {}
    for name in names:
        weights = "ridge__sample_weight" if name == "linear_regression" else "sample_weight"
        fitted[name] = BUILDERS[name]().fit(
            known.features, known.ratios, **{weights: known.weights}
        )
    return fitted


def forecast(model: Any, view: View) -> Floats:
    """What a fitted model says of every series, shape (series, horizon)."""
    rows = rows_of(view)
    # Copied: pandas 3 and joblib hand out read-only arrays, which some compiled code refuses.
    ratio = np.clip(np.array(_predict(model, rows.features)), 0.0, MAX_RATIO)
    said = ratio * rows.base * rows.is_open
    return np.asarray(said.reshape(len(view.history), view.horizon))


def _predict(model: Any, features: Floats) -> Floats:
    """LightGBM is asked by its booster, which does not want names of columns."""
    booster = getattr(model, "booster_", None)
    said: Floats = booster.predict(features) if booster is not None else model.predict(features)
    return said
