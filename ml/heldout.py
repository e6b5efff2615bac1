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
from ml.metrics import INTERVAL, Estimate, Floats, Measure

Rows = NDArray[np.int64]

# Resamples are measured together, as many as keep an array of rows by resamples at 32 MB.
CELLS_AT_ONCE = 4_000_000


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


def metric_values(held: HeldOut, measure: Measure, prediction: Floats, weights: Floats) -> Floats:
    """A metric of each resample: the mean of the parts, or of all of them together.

    Args:
        held: outcomes and parts.
        measure: which metric.
        prediction: of all rows.
        weights: shape (rows, samples), how often each row was drawn.

    Returns:
        Shape (samples,); NaN where no part has a value.
    """
    if measure.pooled or len(held.part_rows) == 1:
        return measure.function.of_samples(held.outcome, prediction, weights)
    values = np.array(
        [
            measure.function.of_samples(held.outcome[rows], prediction[rows], weights[rows])
            for rows in held.part_rows
        ]
    )
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        mean: Floats = np.where(known, values, 0).sum(axis=0) / known.sum(axis=0)
    return mean


def resampled(held: HeldOut, resamples: int, seed: int = SEED) -> Iterator[Floats]:
    """How often each row is in resamples of customers, who bring all of their rows.

    Yields:
        Shape (rows, samples), several resamples at a time, `resamples` of them in all.
    """
    entity = np.unique(held.entity, return_inverse=True)[1]
    count = int(entity.max()) + 1
    at_once = max(1, CELLS_AT_ONCE // len(held))
    rng = np.random.default_rng(seed)
    for first in range(0, resamples, at_once):
        columns = [
            np.bincount(rng.integers(0, count, count), minlength=count)
            for _ in range(first, min(first + at_once, resamples))
        ]
        yield np.column_stack(columns).astype(np.float64)[entity]


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
    once = np.ones((len(held), 1))
    values = {n: float(metric_values(held, measure, held.named(n), once)[0]) for n in names}
    samples: dict[str, list[Floats]] = {name: [] for name in names}
    for weights in resampled(held, resamples, seed):
        for name in names:
            samples[name].append(metric_values(held, measure, held.named(name), weights))
    return Measured(values, {name: np.concatenate(found) for name, found in samples.items()})


def coverage(held: HeldOut, name: str, resamples: int, seed: int = SEED) -> Estimate:
    """Share of outcomes within the intervals of a model."""
    inside = held.inside(name)
    shares = HeldOut(inside, held.part, held.entity, {name: inside})
    return measured(shares, INTERVAL, [name], resamples, seed).estimate(name)


def _interval(value: float, samples: Floats) -> Estimate:
    if np.isnan(samples).all():
        return Estimate(value, float("nan"), float("nan"))
    lower, upper = np.nanquantile(samples, [0.025, 0.975])
    return Estimate(value, float(lower), float(upper))
