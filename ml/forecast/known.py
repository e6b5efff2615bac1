"""What can be told of a day to come: whether the shop will be open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.forecast.panel import WEEK, Flags, Floats, Panel

CLOSED_WEEKS = 8
"""A weekday without a sale for so many weeks is closed."""
RATE_WEEKS = 26
STEADY = 0.8
"""A weekday that trades in so many of its weeks is steady: a day of it without sales was closed."""
LEAST_HOLIDAYS = 3


@dataclass(frozen=True)
class OpenDays:
    """Open days, as can be told at an origin.

    Attributes:
        past: days of the history on which the shop traded or could have, shape (days,).
        future: days to come on which it will, shape (horizon,).
        holidays_closed: whether holidays are taken for closed.
    """

    past: Flags
    future: Flags
    holidays_closed: bool


def open_days(panel: Panel, horizon: int) -> OpenDays:
    """Tell open days from closed ones, by what was known before the end of the panel.

    A weekday is closed that has not traded in the last 8 weeks; a declared closure is closed; so is
    a holiday, where at least 3 holidays of the past fell on steady weekdays, and the shop was
    closed on 80% of them. In the past a day without sales counts as closed where its weekday is
    steady, that is, trades in 80% of its weeks; elsewhere no sales are just no sales.
    """
    count = panel.day_count
    weekday, sold = panel.weekdays, panel.total > 0
    past_day = weekday[:count]
    recent = sold[-CLOSED_WEEKS * WEEK :]
    recent_day = past_day[-CLOSED_WEEKS * WEEK :]
    seen = np.array([np.any(recent_day == day) for day in range(WEEK)])
    trades = np.array([np.any(recent[recent_day == day]) for day in range(WEEK)]) | ~seen
    steady = _trade_rates(sold, past_day) >= STEADY
    missing = ~sold & (steady[past_day] | panel.closures[:count])
    judged = panel.holidays[:count] & steady[past_day]
    holidays_closed = bool(judged.sum() >= LEAST_HOLIDAYS and (~sold[judged]).mean() >= STEADY)
    ahead = slice(count, count + horizon)
    future = trades[weekday[ahead]] & ~panel.closures[ahead]
    if holidays_closed:
        future &= ~panel.holidays[ahead]
    return OpenDays(~missing & trades[past_day] | sold, future, holidays_closed)


def _trade_rates(sold: Flags, past_day: np.ndarray) -> Floats:
    """Share of the last 26 weeks in which each weekday traded."""
    recent, day = sold[-RATE_WEEKS * WEEK :], past_day[-RATE_WEEKS * WEEK :]
    return np.array([recent[day == d].mean() if np.any(day == d) else 0.0 for d in range(WEEK)])
