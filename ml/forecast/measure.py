"""How good the procedure would have been, at origins where it knew only what came before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from ml.forecast import local
from ml.forecast.choice import procedure
from ml.forecast.config import ForecastConfig
from ml.forecast.intervals import (
    DAY_STRETCHES,
    FLOOR_SHARE,
    LEVELS,
    WEEK_STRETCHES,
    ends_of,
    week_sums,
)
from ml.forecast.local import View
from ml.forecast.outcome import reconciled, spread_of
from ml.forecast.panel import PARTS, TOTAL, WEEK, Floats, Ints, Panel
from ml.forecast.rolling import Rolling, scales
from ml.task import Evaluation

SEED = 20_240_601
ENDS = (0.025, 0.975)
PROCEDURE = "chosen on the past"
NOMINAL = "nominal"
NAIVE, WEEKDAYS = "seasonal naive", "four-week weekday mean"


@dataclass(frozen=True)
class Origin:
    """What the whole procedure said at one origin, in cents and adding up, beside what came.

    All shapes are (series, steps), ends (series, steps, 4).
    """

    days: Floats
    day_ends: Floats
    weeks: Floats
    week_ends: Floats
    actual_days: Floats
    actual_weeks: Floats
    naive: Floats
    weekday_mean: Floats
    naive_scale: float
    """Mean absolute difference of days a week apart before the origin, of the total."""


def measured(rolling: Rolling, said: Floats, config: ForecastConfig) -> list[Origin]:
    """The newest origins that had at least one other with judged days before them."""
    oldest = rolling.origins[-1] + config.judged_days if len(rolling.origins) else 0
    count = min(config.measured_origins, int((rolling.origins >= oldest).sum()))
    return [_origin(rolling, said, place, config) for place in range(count)]


def _origin(rolling: Rolling, said: Floats, place: int, config: ForecastConfig) -> Origin:
    origin = int(rolling.origins[place])
    panel = rolling.panel.until(origin)
    spread = spread_of(rolling, said, origin, config)
    whole = reconciled(panel, said[place], spread.variances)
    days = whole[:, : config.judged_days]
    actual = rolling.actual[place, :, : config.judged_days]
    first = int(rolling.panel.weekdays[origin])
    floors = FLOOR_SHARE * scales(rolling)[place]
    weeks = week_sums(days, first)
    view = View(panel, config.judged_days)
    return Origin(
        days=days,
        day_ends=ends_of(days, floors, spread.days.factors, DAY_STRETCHES),
        weeks=weeks,
        week_ends=ends_of(weeks, WEEK * floors, spread.weeks.factors, WEEK_STRETCHES),
        actual_days=actual,
        actual_weeks=week_sums(actual, first),
        naive=local.seasonal_naive(view),
        weekday_mean=local.weekday_mean(view, 4),
        naive_scale=_naive_scale(panel),
    )


def _naive_scale(panel: Panel) -> float:
    total = np.maximum(panel.total, 0.0)
    return max(float(np.abs(total[WEEK:] - total[:-WEEK]).mean()), 0.01)


def evaluations(rolling: Rolling, config: ForecastConfig, as_of: date) -> list[Evaluation]:
    """Rows for `ml.evaluations`; none for a shop too young to have been measured."""
    said = procedure(rolling, config)
    origins = measured(rolling, said, config)
    if not origins:
        return []
    judge = Judge(rolling, origins, config, as_of)
    return [*judge.of_total(), *judge.of_methods(), *judge.of_parts()]


@dataclass(frozen=True)
class Judge:
    """Turns errors by origin into rows; intervals are of means over origins drawn again."""

    rolling: Rolling
    origins: list[Origin]
    config: ForecastConfig
    as_of: date

    @property
    def protocol(self) -> str:
        """How the numbers came about."""
        first = self.rolling.panel.day(int(self.rolling.origins[len(self.origins) - 1]))
        last = self.rolling.panel.day(int(self.rolling.origins[0]))
        return (
            f"{len(self.origins)} rolling origins, {first} to {last}, {self.config.step_days} days "
            f"apart, {self.config.judged_days} days ahead; methods, reconciliation and intervals "
            "of each from days before it; mean over origins, 95% interval over origins drawn again"
        )

    def of_total(self) -> Iterator[Evaluation]:
        """The procedure on the days of the total, beside both baselines, and its coverage."""
        for metric, divisor in self._divisors():
            own = self._errors([origin.days[0] for origin in self.origins], divisor)
            for name, attribute in ((NAIVE, "naive"), (WEEKDAYS, "weekday_mean")):
                other = self._errors([getattr(o, attribute)[0] for o in self.origins], divisor)
                yield self._row(PROCEDURE, metric, own, name, other)
        first = self.rolling.panel.rows(TOTAL)
        for number, level in enumerate(LEVELS):
            parts = [_covered(o.actual_days, o.day_ends, first, number) for o in self.origins]
            yield from self._coverage(f"coverage_{level:.0%}".rstrip("%"), parts, level)

    def of_methods(self) -> Iterator[Evaluation]:
        """Each method alone on the days of the total, beside the weekday mean."""
        days = self.config.judged_days
        for number, method in enumerate(self.rolling.names):
            said = [
                self.rolling.said[number, k, 0, :days].astype(float)
                for k in range(len(self.origins))
            ]
            if not np.isfinite(said).all():
                continue
            for metric, divisor in self._divisors():
                other = self._errors([o.weekday_mean[0] for o in self.origins], divisor)
                row = self._errors(said, divisor)
                yield self._row(method, metric, row, WEEKDAYS, other, is_champion=False)

    def of_parts(self) -> Iterator[Evaluation]:
        """Whole calendar weeks of countries, categories and products: WAPE and coverage."""
        for level in PARTS:
            rows = self.rolling.panel.rows(level)
            if not len(rows):
                continue
            own = [_wape(o.weeks[rows], o.actual_weeks[rows]) for o in self.origins]
            first = int(self.rolling.panel.weekdays[self.rolling.origins[0]])
            other = [
                _wape(week_sums(o.weekday_mean[rows], first), o.actual_weeks[rows])
                for o in self.origins
            ]
            yield self._row(PROCEDURE, f"{level}_weekly_wape", own, WEEKDAYS, other)
            for number, nominal in enumerate(LEVELS):
                parts = [_covered(o.actual_weeks, o.week_ends, rows, number) for o in self.origins]
                name = f"{level}_weekly_coverage_{nominal:.0%}".rstrip("%")
                yield from self._coverage(name, parts, nominal)

    def _divisors(self) -> Iterator[tuple[str, list[float]]]:
        yield "mase", [origin.naive_scale for origin in self.origins]
        means = [max(float(origin.actual_days[0].mean()), 0.01) for origin in self.origins]
        yield "wape", means

    def _errors(self, said: list[Floats], divisor: list[float]) -> list[float]:
        pairs = zip(said, self.origins, divisor, strict=True)
        return [float(np.abs(s - o.actual_days[0]).mean()) / d for s, o, d in pairs]

    def _coverage(self, name: str, parts: list[float], nominal: float) -> Iterator[Evaluation]:
        """Of the origins that had errors before them to make intervals of."""
        if np.isfinite(parts).any():
            yield self._row(PROCEDURE, name, parts, NOMINAL, [nominal] * len(parts))

    def _row(  # noqa: PLR0913 (a row of a table)
        self,
        model: str,
        metric: str,
        own: list[float],
        baseline: str,
        other: list[float],
        is_champion: bool = True,
    ) -> Evaluation:
        pairs = np.array([own, other])
        values, others = pairs[:, np.isfinite(pairs).all(axis=0)]
        drawn = np.random.default_rng(SEED).integers(
            0, len(values), (self.config.resamples, len(values))
        )
        lower, upper = np.quantile(values[drawn].mean(axis=1), ENDS)
        gain_lower, gain_upper = np.quantile((values - others)[drawn].mean(axis=1), ENDS)
        return Evaluation(
            model_name=model,
            is_champion=is_champion,
            metric_name=metric,
            metric_value=float(values.mean()),
            ci_lower=float(lower),
            ci_upper=float(upper),
            baseline_name=baseline,
            baseline_value=float(others.mean()),
            protocol=self.protocol,
            evaluated_as_of_date=self.as_of,
            sample_count=len(values) * self.config.judged_days,
            gain_lower=float(gain_lower),
            gain_upper=float(gain_upper),
        )


def _wape(said: Floats, actual: Floats) -> float:
    return float(np.abs(said - actual).sum() / max(float(actual.sum()), 0.01))


def _covered(actual: Floats, ends: Floats, rows: Ints, number: int) -> float:
    """Share of steps between the ends, of those that have any; closed days do not count."""
    low, high = ends[rows, :, 2 * number], ends[rows, :, 2 * number + 1]
    counted = np.isfinite(low) & (high > 0)
    held = (actual[rows] >= low - 0.005) & (actual[rows] <= high + 0.005)
    return float(held[counted].mean()) if counted.any() else float("nan")
