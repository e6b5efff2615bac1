"""Metrics of predictions, for many resamples of the rows at once.

Each is a `Metric`: called with outcome and prediction it gives one number; `of_samples` gives one
per column of weights, which say how often each row was drawn. Rows are put in order once for all
resamples, so that an interval costs little more than the number itself. Intervals come from
`ml.heldout`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Weighted = Callable[[Any, Floats, Floats], Floats]

RESAMPLES = 500
CALIBRATION_BINS = 10


class Metric:
    """A function of outcome and prediction, written for weighted rows."""

    def __init__(self, weighted: Weighted) -> None:
        self._weighted = weighted
        self.__doc__ = weighted.__doc__
        self.__name__ = weighted.__name__

    def __call__(self, outcome: NDArray[Any], predicted: Floats) -> float:
        """The metric of rows that count once each; arrays have shape (rows,)."""
        return float(self.of_samples(outcome, predicted, np.ones((outcome.size, 1)))[0])

    def of_samples(self, outcome: NDArray[Any], predicted: Floats, weights: Floats) -> Floats:
        """The metric of each resample.

        Args:
            outcome: shape (rows,).
            predicted: shape (rows,).
            weights: shape (rows, samples), how often each row was drawn: whole numbers, 0 or more.

        Returns:
            Shape (samples,); NaN where the metric has no meaning, as where nothing was drawn.
        """
        if not outcome.size:
            return np.full(weights.shape[1], np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            return self._weighted(outcome, predicted, weights)


@dataclass(frozen=True)
class Measure:
    """A metric and how it is read."""

    function: Metric
    higher_is_better: bool
    pooled: bool = False
    """Over several dates: measured on all rows together, and not the mean of the dates."""


@dataclass(frozen=True)
class Estimate:
    """A metric with its 95% interval."""

    value: float
    lower: float
    upper: float


@Metric
def roc_auc(outcome: Bools, probability: Floats, weights: Floats) -> Floats:
    """Probability that a random positive is ranked above a random negative; ties count half.

    0 to 1; NaN where only one class is there.
    """
    ties = _Ties(probability)
    positive = ties.sums(weights, outcome)
    negative = ties.sums(weights, ~outcome)
    below = np.cumsum(negative, axis=0) - negative / 2
    pairs = positive.sum(axis=0) * negative.sum(axis=0)
    found: Floats = np.einsum("ij,ij->j", positive, below) / pairs
    return found


@Metric
def brier_score(outcome: Bools, probability: Floats, weights: Floats) -> Floats:
    """Mean squared distance of probability and outcome; 0 is best."""
    return _mean((probability - outcome) ** 2, weights)


@Metric
def log_loss(outcome: Bools, probability: Floats, weights: Floats) -> Floats:
    """Mean negative log-likelihood in nats; 0 is best."""
    clipped = np.clip(probability, 1e-15, 1 - 1e-15)
    return _mean(-np.where(outcome, np.log(clipped), np.log1p(-clipped)), weights)


@Metric
def top_decile_lift(outcome: Bools, probability: Floats, weights: Floats) -> Floats:
    """Rate of positives among the tenth with the highest probability over the rate of all.

    Rows tied at the border share their outcomes evenly, so the order of rows does not matter. NaN
    without positives.
    """
    top, size = _top_decile_sum(outcome, probability, weights)
    return top / size / _mean(outcome, weights)


@Metric
def expected_calibration_error(outcome: Bools, probability: Floats, weights: Floats) -> Floats:
    """Mean distance of predicted and observed rate over ten bins of equal count; 0 is best."""
    order = np.argsort(probability, kind="stable")
    drawn = weights[order]
    count = np.cumsum(drawn, axis=0)
    gap = probability[order] - outcome[order]
    gaps = np.cumsum(drawn * gap[:, np.newaxis], axis=0)
    return np.array([_calibration_error(c, g, gap) for c, g in zip(count.T, gaps.T, strict=True)])


@Metric
def mean_absolute_error(outcome: Floats, predicted: Floats, weights: Floats) -> Floats:
    """Mean distance of prediction and outcome, in their unit; 0 is best."""
    return _mean(np.abs(predicted - outcome), weights)


@Metric
def spearman(outcome: Floats, predicted: Floats, weights: Floats) -> Floats:
    """Correlation of the ranks, ties at their mean rank, -1 to 1; NaN where all are the same."""
    centre = (weights.sum(axis=0) + 1) / 2
    one, other = (_Ties(each).ranks(weights) - centre for each in (outcome, predicted))
    shared, own, others = (
        np.einsum("ij,ij,ij->j", weights, a, b)
        for a, b in ((one, other), (one, one), (other, other))
    )
    found: Floats = shared / np.sqrt(own * others)
    return found


@Metric
def normalised_gini(outcome: Floats, predicted: Floats, weights: Floats) -> Floats:
    """Gini index of the outcome in the order of the prediction over that in its own order.

    1 for a perfect order, about 0 for a random one; ties share their outcomes evenly. NaN where
    all outcomes are the same, or do not add up to more than nothing.
    """
    own = _gini(outcome, outcome, weights)
    found: Floats = np.where(own == 0, np.nan, _gini(outcome, predicted, weights) / own)
    return found


@Metric
def top_decile_share(outcome: Floats, predicted: Floats, weights: Floats) -> Floats:
    """Share of the whole outcome that the tenth with the highest prediction brings.

    Rows tied at the border share their outcomes evenly. NaN where the whole is not positive.
    """
    total = outcome @ weights
    top, _ = _top_decile_sum(outcome, predicted, weights)
    return np.where(total > 0, top / total, np.nan)


@Metric
def total_ratio(outcome: Floats, predicted: Floats, weights: Floats) -> Floats:
    """Sum of the predictions over the sum of the outcomes; 1 is best. NaN without outcomes."""
    total = outcome @ weights
    return np.where(total > 0, (predicted @ weights) / total, np.nan)


@Metric
def tweedie_deviance(outcome: Floats, predicted: Floats, weights: Floats) -> Floats:
    """Mean Tweedie deviance of power 1.5, in square roots of the currency; 0 is best.

    Refunds that make an outcome negative count as nothing bought.
    """
    bought, mean = np.maximum(outcome, 0), np.maximum(predicted, 1e-6)
    own = 4 * np.sqrt(bought)
    return _mean(4 * bought / np.sqrt(mean) + 4 * np.sqrt(mean) - 2 * own, weights)


@Metric
def share_inside(inside: Floats, _: Floats, weights: Floats) -> Floats:
    """Share of outcomes within their interval, given as 1 and 0 per row."""
    return _mean(inside, weights)


CLASSIFICATION: dict[str, Measure] = {
    "roc_auc": Measure(roc_auc, higher_is_better=True),
    "brier_score": Measure(brier_score, higher_is_better=False),
    "log_loss": Measure(log_loss, higher_is_better=False),
    "top_decile_lift": Measure(top_decile_lift, higher_is_better=True),
    "expected_calibration_error": Measure(
        expected_calibration_error, higher_is_better=False, pooled=True
    ),
}
REGRESSION: dict[str, Measure] = {
    "mean_absolute_error": Measure(mean_absolute_error, higher_is_better=False),
    "spearman": Measure(spearman, higher_is_better=True),
    "normalised_gini": Measure(normalised_gini, higher_is_better=True),
    "top_decile_share": Measure(top_decile_share, higher_is_better=True),
    "total_ratio": Measure(total_ratio, higher_is_better=True),
}
COVERAGE = "interval_coverage"
INTERVAL = Measure(share_inside, higher_is_better=True, pooled=True)


class _Ties:
    """Rows in the order of a value, those of the same value together."""

    def __init__(self, values: NDArray[Any]) -> None:
        self.order = np.argsort(values, kind="stable")
        ordered = values[self.order]
        is_new = np.concatenate([[True], ordered[1:] != ordered[:-1]])
        self.starts = np.flatnonzero(is_new)
        self.group = np.empty(values.size, dtype=np.int64)
        self.group[self.order] = np.cumsum(is_new) - 1

    def sums(self, weights: Floats, values: NDArray[Any] | None = None) -> Floats:
        """Sums of weights, or of weighted values, by group: shape (groups, samples)."""
        ordered = weights[self.order]
        if values is not None:
            ordered = ordered * values[self.order, np.newaxis]
        if self.starts.size == self.order.size:
            return ordered
        found: Floats = np.add.reduceat(ordered, self.starts, axis=0)
        return found

    def ranks(self, weights: Floats) -> Floats:
        """The rank of each row among those drawn, from 1, ties at their mean: (rows, samples)."""
        drawn = self.sums(weights)
        ranks: Floats = (np.cumsum(drawn, axis=0) - (drawn - 1) / 2)[self.group]
        return ranks


def _mean(values: NDArray[Any], weights: Floats) -> Floats:
    found: Floats = (values.astype(np.float64) @ weights) / weights.sum(axis=0)
    return found


def _calibration_error(count: Floats, gaps: Floats, gap: Floats) -> float:
    """Of one resample: `count` and `gaps` are running sums of the rows drawn in their order.

    A row that was drawn several times may lie in two bins.
    """
    total = count[-1]
    size, larger = divmod(total, CALIBRATION_BINS)
    bins = np.arange(CALIBRATION_BINS + 1)
    ends = bins * size + np.minimum(bins, larger)
    row = np.searchsorted(count, ends)
    until = gaps[row] - (count[row] - ends) * gap[row]
    return float(np.abs(np.diff(until)).sum() / total)


def _top_decile_sum(
    outcome: NDArray[Any], predicted: Floats, weights: Floats
) -> tuple[Floats, Floats]:
    """Sum of the outcomes of the tenth with the highest prediction, and how many these are."""
    size = np.maximum(1, np.rint(weights.sum(axis=0) / 10))
    ties = _Ties(-predicted)
    drawn, brought = ties.sums(weights), ties.sums(weights, outcome)
    until = np.cumsum(drawn, axis=0)
    border = np.argmax(until >= size, axis=0), np.arange(size.size)
    above = np.cumsum(brought, axis=0)[border] - brought[border]
    tied = size - (until[border] - drawn[border])
    return above + tied * brought[border] / drawn[border], size


def _gini(outcome: Floats, order: Floats, weights: Floats) -> Floats:
    """Area between the Lorenz curve, richest first by `order`, and that of equal shares."""
    total = outcome @ weights
    # The mean rank of tied rows shares their outcomes evenly.
    rank = _Ties(order).ranks(weights) - 0.5
    area = np.einsum("i,ij,ij->j", outcome, weights, rank)
    return np.where(total > 0, 2.0 * area / (total * weights.sum(axis=0)) - 1.0, 0.0)
