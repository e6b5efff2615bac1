"""All methods by name, and which kinds of series each is tried on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np

from ml.forecast import learned, library, local
from ml.forecast.local import View
from ml.forecast.panel import PRODUCT, TOTAL, Flags, Floats, Panel

REGULAR, INTERMITTENT, YOUNG = "regular", "intermittent", "young"
KIND_WEEKS = 26
LEAST_TRADE_RATE = 0.5

SEASONAL_NAIVE = "seasonal_naive"
WEEKDAY_MEAN = "weekday_mean_4_weeks"
LEVEL_MEAN = "level_mean_4_weeks"
SINCE_FIRST = "mean_since_first_sale"
DAMPED_TREND = "damped_trend"

LOCAL: dict[str, Callable[[View], Floats]] = {
    SEASONAL_NAIVE: local.seasonal_naive,
    WEEKDAY_MEAN: partial(local.weekday_mean, weeks=4),
    "weekday_mean_6_weeks": partial(local.weekday_mean, weeks=6),
    LEVEL_MEAN: partial(local.level_mean, weeks=4),
    "level_mean_8_weeks": partial(local.level_mean, weeks=8),
    "level_mean_13_weeks": partial(local.level_mean, weeks=13),
    DAMPED_TREND: local.damped_trend,
    SINCE_FIRST: local.mean_since_first_sale,
}
DAILY_LIBRARY = {"auto_ets": library.auto_ets, "auto_theta": library.auto_theta}
WEEKLY_LIBRARY = {
    "tsb": library.tsb,
    "croston_sba": library.croston_sba,
    "imapa": library.imapa,
}
LIBRARY: dict[str, Callable[[View], Floats]] = {**DAILY_LIBRARY, **WEEKLY_LIBRARY}
STEADY_LOCAL = (
    *(SEASONAL_NAIVE, WEEKDAY_MEAN, "weekday_mean_6_weeks"),
    *(LEVEL_MEAN, "level_mean_8_weeks", DAMPED_TREND),
)
SELDOM_LOCAL = (LEVEL_MEAN, "level_mean_8_weeks", "level_mean_13_weeks", DAMPED_TREND)
DEFAULTS = {
    REGULAR: (DAMPED_TREND,),
    INTERMITTENT: ("level_mean_8_weeks",),
    YOUNG: (SINCE_FIRST,),
}
"""What a series gets where no origin has told yet."""


def kinds(panel: Panel) -> list[str]:
    """The kind of each series: young, intermittent or regular.

    Young: first sold less than eight weeks before the end. Intermittent: sold on less than half of
    the shop's open days of the last 26 weeks.
    """
    recent = panel.values[:, -KIND_WEEKS * 7 :] > 0
    shop = panel.total[-KIND_WEEKS * 7 :] > 0
    rate = recent.sum(axis=1) / max(int(shop.sum()), 1)
    sold = panel.values > 0
    first = np.where(sold.any(axis=1), sold.argmax(axis=1), 0)
    is_young = panel.day_count - first < learned.LEAST_WEEKS * 7
    named = np.where(rate < LEAST_TRADE_RATE, INTERMITTENT, REGULAR)
    return [str(kind) for kind in np.where(is_young, YOUNG, named)]


def tried(
    panel: Panel, statistical: Iterable[str], learned_names: Iterable[str]
) -> dict[str, Flags]:
    """Which series each method is tried on, shape (series,).

    Statistical methods are asked of the total; learned ones serve regular series that are no
    products; the methods for seldom sales serve those.
    """
    kind = np.array(kinds(panel))
    level = np.array(panel.levels)
    regular, seldom = kind == REGULAR, kind == INTERMITTENT
    found = {name: np.zeros(len(kind), bool) for name in LOCAL}
    for name in STEADY_LOCAL:
        found[name] |= regular
    for name in SELDOM_LOCAL:
        found[name] |= seldom
    found[SINCE_FIRST] |= kind == YOUNG
    found |= dict.fromkeys(statistical, regular & (level == TOTAL))
    found |= dict.fromkeys(WEEKLY_LIBRARY, seldom)
    return found | dict.fromkeys(learned_names, regular & (level != PRODUCT))


def say(view: View, wanted: Mapping[str, Flags], models: Mapping[str, Any]) -> dict[str, Floats]:
    """What each method says of the series it is wanted for; nan elsewhere.

    Returns:
        By name of the method, shape (series, horizon). Methods that are wanted nowhere, and learned
        ones without a model, are absent.
    """
    said = {}
    for name, rows in wanted.items():
        if rows.any() and (name in LOCAL or name in LIBRARY or name in models):
            said[name] = np.where(rows[:, None], _said(name, view, rows, models), np.nan)
    return said


def _said(name: str, view: View, rows: Flags, models: Mapping[str, Any]) -> Floats:
    if name in LOCAL:
        return LOCAL[name](view)
    # What is slow is asked of the wanted series only, beside the total, which tells open days.
    asked = np.union1d(view.panel.rows(TOTAL), np.flatnonzero(rows))
    part = View(view.panel.take(asked), view.horizon)
    said = np.full((len(rows), view.horizon), np.nan)
    said[asked] = learned.forecast(models[name], part) if name in models else LIBRARY[name](part)
    return said
