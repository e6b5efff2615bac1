"""The artefact: what training decided and fitted, and how it is applied to a history.

Scoring decides nothing and fits none of the learned models. The methods that look at one series
alone (means, trends, AutoETS ...) have no memory beside its history: what they estimate is a
function of the frame that is scored, as a mean is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ml.forecast.choice import choose, combine, members_of
from ml.forecast.config import ForecastConfig
from ml.forecast.intervals import FLOOR_SHARE, Bounds, ends_of, week_sums
from ml.forecast.local import View
from ml.forecast.methods import DEFAULTS, kinds, say
from ml.forecast.outcome import Spread, level_of, reconciled
from ml.forecast.panel import WEEK, Flags, Floats, Panel
from ml.forecast.rolling import Rolling, losses

SeriesName = tuple[str, str]


@dataclass(frozen=True)
class Recipe:
    """What is applied to a history.

    Attributes:
        config: settings of the training.
        products: products that are series of their own.
        members: methods of each series.
        kinds: kind of each series.
        models: fitted learned models, by method.
        spread: errors of past origins, None where there was no origin.
    """

    config: ForecastConfig
    products: tuple[str, ...]
    members: Mapping[SeriesName, tuple[str, ...]] = field(default_factory=dict)
    kinds: Mapping[SeriesName, str] = field(default_factory=dict)
    models: Mapping[str, Any] = field(default_factory=dict)
    spread: Spread | None = None


def make_recipe(
    rolling: Rolling, spread: Spread | None, models: Mapping[str, Any], config: ForecastConfig
) -> Recipe:
    """Choose the methods of each series by all origins whose judged days are over."""
    panel = rolling.panel
    weights = choose(rolling, losses(rolling, config), panel.day_count, config)
    names = list(zip(panel.levels, panel.keys, strict=True))
    kind = kinds(panel)
    members = {
        name: members_of(rolling, weights, row) or DEFAULTS[kind[row]]
        for row, name in enumerate(names)
    }
    products = tuple(key for level, key in names if level == "product" and key != "rest")
    used = {method for found in members.values() for method in found}
    kept = {name: model for name, model in models.items() if name in used}
    return Recipe(config, products, members, dict(zip(names, kind, strict=True)), kept, spread)


@dataclass(frozen=True)
class Forecasts:
    """Forecasts of a panel: rows are its series, columns days or weeks ahead of the history.

    `members` and `kinds` are those of each series; `day_ends` and `week_ends` have the shape
    (series, steps, 4) and are nan where no error is known.
    """

    days: Floats
    day_ends: Floats
    weeks: Floats
    week_ends: Floats
    members: tuple[tuple[str, ...], ...]
    kinds: tuple[str, ...]
    is_open: Flags


def apply(recipe: Recipe, panel: Panel, skipped: int = 0) -> Forecasts:
    """Forecast a panel.

    Args:
        recipe: what training decided.
        panel: the history up to the day that is scored.
        skipped: days at the beginning that nobody wants, because the newest day was not over.

    A series that training did not know gets the default of its kind, and the errors of its like.
    """
    view = View(panel, recipe.config.horizon)
    names = list(zip(panel.levels, panel.keys, strict=True))
    now = kinds(panel)
    kind = [recipe.kinds.get(name, now[row]) for row, name in enumerate(names)]
    members = [_members(recipe, name, kind[row]) for row, name in enumerate(names)]
    methods = sorted({method for each in members for method in each})
    wanted = {name: np.array([name in each for each in members], dtype=bool) for name in methods}
    mixed = _mixed(say(view, wanted, recipe.models), wanted, view)
    days = reconciled(panel, mixed, _variances(recipe, names))[:, skipped:]
    first = int(panel.weekdays[panel.day_count + skipped])
    weeks = week_sums(days, first)[:, : recipe.config.weeks]
    floors = FLOOR_SHARE * level_of(panel)
    day_ends, week_ends = (
        _ends(recipe, part, names, kind, values, floor)
        for part, values, floor in (("days", days, floors), ("weeks", weeks, WEEK * floors))
    )
    is_open = view.open.future[skipped:]
    return Forecasts(
        days, day_ends, np.round(weeks, 2), week_ends, tuple(members), tuple(kind), is_open
    )


def _members(recipe: Recipe, name: SeriesName, kind: str) -> tuple[str, ...]:
    return recipe.members.get(name) or DEFAULTS[kind]


def _mixed(said: Mapping[str, Floats], wanted: Mapping[str, Flags], view: View) -> Floats:
    if not said:
        return np.zeros((len(view.history), view.horizon))
    names = sorted(said)
    weights = np.array([wanted[name] for name in names], dtype=float)
    return np.nan_to_num(combine(np.array([said[name] for name in names]), weights))


def _variances(recipe: Recipe, names: list[SeriesName]) -> Floats:
    if recipe.spread is None:
        return np.full(len(names), np.nan)
    known = dict(zip(recipe.members, recipe.spread.variances, strict=True))
    return np.array([known.get(name, np.nan) for name in names])


def _ends(  # noqa: PLR0913 (a table of factors, and what they multiply)
    recipe: Recipe,
    part: str,
    names: list[SeriesName],
    kind: list[str],
    values: Floats,
    floors: Floats,
) -> Floats:
    if recipe.spread is None:
        return np.full((*values.shape, 4), np.nan)
    learned: Bounds = getattr(recipe.spread, part)
    position = {name: row for row, name in enumerate(recipe.members)}
    unknown = np.full((len(learned.stretches), 4), np.nan)
    factors = [
        learned.factors[position[name]]
        if name in position
        else learned.common.get(f"{name[0]}/{kind[row]}", unknown)
        for row, name in enumerate(names)
    ]
    return ends_of(values, floors, np.array(factors), learned.stretches)
