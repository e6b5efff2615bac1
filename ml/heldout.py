"""Predictions of rows that nothing was fitted to, and what they say with intervals.

Rows come in parts: as-of dates or folds. A metric over parts is the mean of the parts, or is
measured on all rows together where its `Measure` says so. Intervals are 95% percentile intervals
of a bootstrap over customers, each drawn with all of their rows: a customer stands in many parts,
and rows of one customer are not independent (Field and Welsh 2007, clustered bootstrap). Resamples
are the same for every model and metric, so differences are paired.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.estimators import SEED
from ml.metrics import Estimate, Floats, Measure

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class HeldOut:
    """Outcomes beside what each model and baseline said of them.

    All arrays have one entry per row: `outcome` of type bool or float, `part` and `entity` as
    numbers from 0; `predictions` and `baselines` by name; `intervals` of shape (rows, 2), for the
    models that have some.
    """

    outcome: NDArray[Any]
    part: NDArray[np.int64]
    entity: NDArray[np.int64]
    predictions: dict[str, Floats]
    baselines: dict[str, Floats] = field(default_factory=dict)
    intervals: dict[str, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return int(self.outcome.size)

    @cached_property
    def part_rows(self) -> list[Rows]:
        """Rows of each part, in the order of the parts."""
        return [np.flatnonzero(self.part == number) for number in range(int(self.part.max()) + 1)]

    def named(self, name: str) -> Floats:
        """What a model or baseline said."""
        return self.predictions[name] if name in self.predictions else self.baselines[name]

    def take(self, rows: Rows) -> HeldOut:
        """Some of the rows, in that order; parts keep their numbers."""
        picked = [
            {name: values[rows] for name, values in each.items()}
            for each in (self.predictions, self.baselines, self.intervals)
        ]
        return HeldOut(self.outcome[rows], self.part[rows], self.entity[rows], *picked)

    def only_part(self, number: int) -> HeldOut:
        """One part on its own."""
        rows = self.part_rows[number]
        return replace(self.take(rows), part=np.zeros(rows.size, dtype=np.int64))

    def only_model(self, name: str) -> HeldOut:
        """One model beside the baselines."""
        kept = {n: ends for n, ends in self.intervals.items() if n == name}
        return replace(self, predictions={name: self.predictions[name]}, intervals=kept)

    def inside(self, name: str) -> Floats:
        """1 where the outcome lies within the interval of the model, 0 elsewhere."""
        ends = self.intervals[name]
        within = (ends[:, 0] <= self.outcome) & (self.outcome <= ends[:, 1])
        return within.astype(np.float64)


def joined(parts: Sequence[HeldOut], entities: Sequence[Sequence[Any]]) -> HeldOut:
    """Put parts together; `entities` names the customer of each row of each of them."""
    names = np.concatenate([np.asarray(each, dtype=object) for each in entities])
    codes = pd.factorize(names)[0].astype(np.int64)
    numbers = np.concatenate([np.full(len(part), n) for n, part in enumerate(parts)])
    return HeldOut(
        np.concatenate([part.outcome for part in parts]),
        numbers.astype(np.int64),
        codes,
        _concatenated([part.predictions for part in parts]),
        _concatenated([part.baselines for part in parts]),
        _concatenated([part.intervals for part in parts]),
    )


def _concatenated(parts: Sequence[dict[str, Floats]]) -> dict[str, Floats]:
    """Arrays by name one after the other; names that a part lacks are left out."""
    shared = [name for name in parts[0] if all(name in part for part in parts)]
    return {name: np.concatenate([part[name] for part in parts]) for name in shared}


def metric_value(held: HeldOut, measure: Measure, prediction: Floats, rows: Rows) -> float:
    """A metric on some of the rows: the mean of the parts, or of all of them together.

    Args:
        held: outcomes and parts.
        measure: which metric.
        prediction: of all rows.
        rows: which rows, in any order and number.
    """
    if measure.pooled or len(held.part_rows) == 1:
        return measure.function(held.outcome[rows], prediction[rows])
    values = []
    parts = held.part[rows]
    for number in range(len(held.part_rows)):
        chosen = rows[parts == number]
        if chosen.size:
            values.append(measure.function(held.outcome[chosen], prediction[chosen]))
    return float(np.nanmean(values))


def resampled(held: HeldOut, resamples: int, seed: int = SEED) -> Iterator[Rows]:
    """Rows of resampled customers, each with all of their rows, `resamples` times."""
    entity = np.unique(held.entity, return_inverse=True)[1]
    order = np.argsort(entity, kind="stable")
    counts = np.bincount(entity)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    rng = np.random.default_rng(seed)
    for _ in range(resamples):
        drawn = rng.integers(0, counts.size, counts.size)
        sizes = counts[drawn]
        ends = np.cumsum(sizes)
        within = np.arange(ends[-1]) - np.repeat(ends - sizes, sizes)
        yield order[np.repeat(starts[drawn], sizes) + within]


@dataclass(frozen=True)
class Measured:
    """A metric of several models on the same resamples."""

    values: dict[str, float]
    samples: dict[str, Floats]

    def estimate(self, name: str) -> Estimate:
        """The metric of one model with its interval."""
        return _interval(self.values[name], self.samples[name])

    def difference(self, name: str, other: str) -> Estimate:
        """The metric of one model minus that of another, paired."""
        return _interval(
            self.values[name] - self.values[other], self.samples[name] - self.samples[other]
        )


def measured(
    held: HeldOut, measure: Measure, names: Sequence[str], resamples: int, seed: int = SEED
) -> Measured:
    """Measure models and baselines by name, all on the same resamples of customers."""
    everything = np.arange(len(held))
    values = {n: metric_value(held, measure, held.named(n), everything) for n in names}
    samples = {name: np.empty(resamples) for name in names}
    for index, rows in enumerate(resampled(held, resamples, seed)):
        for name in names:
            samples[name][index] = metric_value(held, measure, held.named(name), rows)
    return Measured(values, samples)


def coverage(held: HeldOut, name: str, resamples: int, seed: int = SEED) -> Estimate:
    """Share of outcomes within the intervals of a model."""
    inside = held.inside(name)
    samples = [float(inside[rows].mean()) for rows in resampled(held, resamples, seed)]
    return _interval(float(inside.mean()), np.array(samples))


def _interval(value: float, samples: Floats) -> Estimate:
    if np.isnan(samples).all():
        return Estimate(value, float("nan"), float("nan"))
    lower, upper = np.nanquantile(samples, [0.025, 0.975])
    return Estimate(value, float(lower), float(upper))
