"""Methods that look at the series alone, for many series at once. All shapes are (series, days)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ml.forecast.known import OpenDays, open_days
from ml.forecast.panel import WEEK, Floats, Ints, Panel

PROFILE_WEEKS = 8
LEAST_OPEN_SHARE = 0.4
"""A week of which less was open says nothing about its level."""
TREND_WEEKS = 104
ALPHAS, BETAS, PHIS = (0.1, 0.2, 0.3, 0.5, 0.7), (0.0, 0.05, 0.1, 0.2), (0.8, 0.9)
AHEAD_WEEKS = 4
WARM_UP_WEEKS = 6


@dataclass(frozen=True)
class View:
    """Series as they were known before an origin, and what all methods need of them."""

    panel: Panel
    horizon: int

    @cached_property
    def open(self) -> OpenDays:
        """Open days of past and future."""
        return open_days(self.panel, self.horizon)

    @cached_property
    def history(self) -> Floats:
        """Revenue, never negative: days of net credit count as days without sales."""
        return np.maximum(self.panel.values, 0.0)

    @cached_property
    def future_weekdays(self) -> Ints:
        """Weekdays of the days to come."""
        count = self.panel.day_count
        return self.panel.weekdays[count : count + self.horizon]

    @cached_property
    def shop_profile(self) -> Floats:
        """Share of each weekday in a full week of the shop, shape (7,)."""
        return np.asarray(self._profiles(self.history[self.panel.rows("total")])[0])

    @cached_property
    def profiles(self) -> Floats:
        """Share of each weekday in a full week of a series, drawn to that of the shop.

        Shape (series, 7). A series counts as much as the square of the share of open days on
        which it sold: one that sells daily keeps its own, one that seldom sells takes the shop's.
        """
        own = self._profiles(self.history)
        recent = self.history[:, -PROFILE_WEEKS * WEEK :]
        weekly = recent[:, recent.shape[1] % WEEK :].reshape(len(recent), -1, WEEK)
        sold = (weekly > 0).mean(axis=(1, 2)) / max((self.shop_profile > 0).mean(), 1 / WEEK)
        trust = np.clip(sold, 0, 1)[:, None] ** 2
        mixed = trust * own + (1 - trust) * self.shop_profile
        return np.asarray(mixed)

    def _profiles(self, values: Floats) -> Floats:
        """Mean of each weekday over its open days of the last 8 weeks, as a share."""
        days = min(PROFILE_WEEKS * WEEK, values.shape[1])
        weekday = self.panel.weekdays[: self.panel.day_count][-days:]
        is_open = self.open.past[-days:]
        means = np.zeros((len(values), WEEK))
        for day in range(WEEK):
            chosen = (weekday == day) & is_open
            if chosen.any():
                means[:, day] = values[:, -days:][:, chosen].mean(axis=1)
        sums = means.sum(axis=1, keepdims=True)
        fallback = _share(np.bincount(weekday[is_open], minlength=WEEK).astype(float))
        return np.asarray(np.where(sums > 0, means / np.where(sums > 0, sums, 1), fallback))

    @cached_property
    def weeks(self) -> Floats:
        """Level of each 7 days counted back from the origin, as if all of its days had been open.

        Shape (series, weeks), oldest first; nan where too little of the week was open. Days before
        the first whole week are left out, so no part of a week is read as a week.
        """
        count = self.panel.day_count - self.panel.day_count % WEEK
        weekday = self.panel.weekdays[: self.panel.day_count][-count:] if count else np.zeros(0)
        shape = (len(self.history), -1, WEEK)
        if not count:
            return np.zeros((len(self.history), 0))
        share = np.where(self.open.past[-count:], self.shop_profile[weekday.astype(int)], 0.0)
        opened = share.reshape(-1, WEEK).sum(axis=1)
        sums = self.history[:, -count:].reshape(shape).sum(axis=2)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where(opened >= LEAST_OPEN_SHARE, sums / opened, np.nan))

    def spread(self, levels: Floats) -> Floats:
        """Weekly levels of weeks to come as days: the weekday's share, nothing on closed days.

        Args:
            levels: shape (series, weeks) with at least as many weeks as the horizon.
        """
        daily = np.repeat(levels, WEEK, axis=1)[:, : self.horizon]
        return np.asarray(daily * self.profiles[:, self.future_weekdays] * self.open.future)

    def flat(self, level: Floats) -> Floats:
        """One weekly level for all days to come."""
        return self.spread(np.repeat(level[:, None], self.week_count, axis=1))

    @property
    def week_count(self) -> int:
        """Weeks that the horizon reaches into."""
        return -(-self.horizon // WEEK)


def _share(counts: Floats) -> Floats:
    return counts / counts.sum() if counts.sum() else np.full(WEEK, 1 / WEEK)


def seasonal_naive(view: View) -> Floats:
    """The last seven days again and again, whatever they were."""
    last = view.history[:, -WEEK:]
    repeated = np.tile(last, (1, view.week_count))[:, : view.horizon]
    return np.asarray(repeated)


def weekday_mean(view: View, weeks: int) -> Floats:
    """The mean of the last open days of the same weekday, 0 on closed ones."""
    count = view.panel.day_count
    weekday = view.panel.weekdays[:count]
    means = np.zeros((len(view.history), WEEK))
    for day in range(WEEK):
        chosen = np.flatnonzero((weekday == day) & view.open.past)[-weeks:]
        if len(chosen):
            means[:, day] = view.history[:, chosen].mean(axis=1)
    return np.asarray(means[:, view.future_weekdays] * view.open.future)


def level_mean(view: View, weeks: int) -> Floats:
    """The mean of the last weeks, shared out to weekdays as the shop sells."""
    recent = view.weeks[:, -weeks:]
    return view.flat(np.nan_to_num(_nanmean(recent)))


def mean_since_first_sale(view: View) -> Floats:
    """The mean of the days since the first sale, for series too young for anything else."""
    sold = view.history > 0
    first = np.where(sold.any(axis=1), sold.argmax(axis=1), 0)
    days = np.maximum(view.panel.day_count - first, WEEK)
    return view.flat(view.history.sum(axis=1) / days * WEEK)


def damped_trend(view: View) -> Floats:
    """A damped trend of the logarithm of weekly levels, times the weekday's share.

    Holt's linear trend with damping. Its three parameters are those that had the least mean
    absolute error one to four weeks ahead in the history of the series, of 40 on a grid.
    """
    weeks = filled(view.weeks[:, -TREND_WEEKS:])
    if weeks.shape[1] < WARM_UP_WEEKS + AHEAD_WEEKS:
        return level_mean(view, AHEAD_WEEKS)
    floor = np.maximum(weeks.mean(axis=1, keepdims=True) * 0.02, 0.01)
    level, slope, phi = _holt(np.log(np.maximum(weeks, floor)))
    ahead = np.arange(1, view.week_count + 1)
    growth = np.cumsum(phi[:, None] ** ahead, axis=1) * slope[:, None]
    return view.spread(np.exp(level[:, None] + growth))


def _holt(logs: Floats) -> tuple[Floats, Floats, Floats]:
    """Level, slope and damping at the end, by the best parameters of each series."""
    grid = np.array([(a, b, p) for a in ALPHAS for b in BETAS for p in PHIS])
    alpha, beta, phi = (grid[:, column] for column in range(3))
    ahead = np.cumsum(phi[:, None] ** np.arange(1, AHEAD_WEEKS + 1), axis=1)
    level = np.repeat(logs[:, :3].mean(axis=1)[:, None], len(grid), axis=1)
    slope = np.zeros_like(level)
    loss = np.zeros_like(level)
    for week in range(logs.shape[1]):
        if week >= WARM_UP_WEEKS:
            later = logs[:, week : week + AHEAD_WEEKS]
            said = level[:, :, None] + slope[:, :, None] * ahead[None, :, : later.shape[1]]
            loss += np.abs(later[:, None, :] - said).mean(axis=2)
        before = level + phi * slope
        moved = before + alpha * (logs[:, week][:, None] - before)
        slope = phi * slope + beta * (moved - level - phi * slope)
        level = moved
    best = loss.argmin(axis=1)
    rows = np.arange(len(logs))
    return level[rows, best], slope[rows, best], phi[best]


def filled(weeks: Floats) -> Floats:
    """Unknown weeks as the week before, those at the beginning as the first known one."""
    frame = weeks.copy()
    for week in range(1, frame.shape[1]):
        unknown = np.isnan(frame[:, week])
        frame[unknown, week] = frame[unknown, week - 1]
    for week in range(frame.shape[1] - 2, -1, -1):
        unknown = np.isnan(frame[:, week])
        frame[unknown, week] = frame[unknown, week + 1]
    return np.nan_to_num(frame)


def _nanmean(values: Floats) -> Floats:
    known = ~np.isnan(values)
    counts = known.sum(axis=1)
    return np.asarray(np.where(known, values, 0.0).sum(axis=1) / np.maximum(counts, 1))
