"""Metrics of predictions. Pure functions of arrays; their intervals come from `ml.heldout`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Metric = Callable[[Any, Floats], float]
"""From outcome and prediction, each of shape (rows,), to a number; NaN where it has no meaning."""

RESAMPLES = 500
CALIBRATION_BINS = 10


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


def roc_auc(outcome: Bools, probability: Floats) -> float:
    """Probability that a random positive is ranked above a random negative; ties count half.

    Returns:
        0 to 1; NaN where only one class is there.
    """
    positives = int(outcome.sum())
    negatives = outcome.size - positives
    if not positives or not negatives:
        return float("nan")
    rank_sum = float(rankdata(probability)[outcome].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def brier_score(outcome: Bools, probability: Floats) -> float:
    """Mean squared distance of probability and outcome; 0 is best."""
    return float(np.mean((probability - outcome) ** 2))


def log_loss(outcome: Bools, probability: Floats) -> float:
    """Mean negative log-likelihood in nats; 0 is best."""
    clipped = np.clip(probability, 1e-15, 1 - 1e-15)
    return float(-np.mean(np.where(outcome, np.log(clipped), np.log1p(-clipped))))


def top_decile_lift(outcome: Bools, probability: Floats) -> float:
    """Rate of positives among the tenth with the highest probability over the rate of all.

    Rows tied at the border share their outcomes evenly, so the order of rows does not matter.
    """
    rate = float(outcome.mean())
    top, size = _top_decile_sum(outcome, probability)
    return top / size / rate if rate else float("nan")


def expected_calibration_error(outcome: Bools, probability: Floats) -> float:
    """Mean distance of predicted and observed rate over ten bins of equal count; 0 is best."""
    order = np.argsort(probability, kind="stable")
    bins = [part for part in np.array_split(order, CALIBRATION_BINS) if part.size]
    gaps = [abs(float(probability[part].mean() - outcome[part].mean())) for part in bins]
    return float(np.average(gaps, weights=[part.size for part in bins]))


def mean_absolute_error(outcome: Floats, predicted: Floats) -> float:
    """Mean distance of prediction and outcome, in their unit; 0 is best."""
    return float(np.mean(np.abs(predicted - outcome)))


def spearman(outcome: Floats, predicted: Floats) -> float:
    """Correlation of the ranks, ties at their mean rank, -1 to 1; NaN where all are the same."""
    ranks = rankdata(outcome), rankdata(predicted)
    if any(np.ptp(each) == 0 for each in ranks):
        return float("nan")
    return float(np.corrcoef(*ranks)[0, 1])


def normalised_gini(outcome: Floats, predicted: Floats) -> float:
    """Gini index of the outcome in the order of the prediction over that in its own order.

    Returns:
        1 for a perfect order, about 0 for a random one; ties share their outcomes evenly. NaN
        where all outcomes are the same.
    """
    own = _gini(outcome, outcome)
    return _gini(outcome, predicted) / own if own else float("nan")


def top_decile_share(outcome: Floats, predicted: Floats) -> float:
    """Share of the whole outcome that the tenth with the highest prediction brings.

    Rows tied at the border share their outcomes evenly. NaN where the whole is not positive.
    """
    total = float(outcome.sum())
    return _top_decile_sum(outcome, predicted)[0] / total if total > 0 else float("nan")


def total_ratio(outcome: Floats, predicted: Floats) -> float:
    """Sum of the predictions over the sum of the outcomes; 1 is best. NaN without outcomes."""
    total = float(outcome.sum())
    return float(predicted.sum()) / total if total > 0 else float("nan")


def share_inside(inside: Floats, _: Floats) -> float:
    """Share of outcomes within their interval, given as 1 and 0 per row."""
    return float(np.mean(inside))


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


def bootstrap(
    metric: Metric, outcome: NDArray[Any], predicted: Floats, seed: int, resamples: int = RESAMPLES
) -> Estimate:
    """Estimate a metric with its 95% percentile interval over resampled rows.

    Rows must be independent: one per customer, of one as-of date. `ml.heldout` has the same for
    customers with several rows.
    """
    rng = np.random.default_rng(seed)
    values = np.empty(resamples)
    for index in range(resamples):
        rows = rng.integers(0, outcome.size, outcome.size)
        values[index] = metric(outcome[rows], predicted[rows])
    lower, upper = np.nanquantile(values, [0.025, 0.975])
    return Estimate(metric(outcome, predicted), float(lower), float(upper))


def _top_decile_sum(outcome: NDArray[Any], predicted: Floats) -> tuple[float, int]:
    """Sum of the outcomes of the tenth with the highest prediction, and how many these are."""
    size = max(1, round(outcome.size / 10))
    border = np.partition(predicted, -size)[-size]
    above, tied = predicted > border, predicted == border
    from_ties = (size - int(above.sum())) * float(outcome[tied].mean())
    return float(outcome[above].sum()) + from_ties, size


def _gini(outcome: Floats, order: Floats) -> float:
    """Area between the Lorenz curve, richest first by `order`, and that of equal shares."""
    total = float(outcome.sum())
    if total <= 0:
        return 0.0
    # The mean rank of tied rows shares their outcomes evenly.
    rank = rankdata(order) - 0.5
    return float(2.0 * (outcome * rank).sum() / (total * outcome.size) - 1.0)
