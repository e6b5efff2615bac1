"""Metrics of probabilities with bootstrap intervals. Pure functions of arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Metric = Callable[[Bools, Floats], float]

RESAMPLES = 500
CALIBRATION_BINS = 10


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
    size = max(1, round(outcome.size / 10))
    border = np.partition(probability, -size)[-size]
    above, tied = probability > border, probability == border
    from_ties = (size - int(above.sum())) * float(outcome[tied].mean())
    rate = float(outcome.mean())
    return (float(outcome[above].sum()) + from_ties) / size / rate if rate else float("nan")


def expected_calibration_error(outcome: Bools, probability: Floats) -> float:
    """Mean distance of predicted and observed rate over ten bins of equal count; 0 is best."""
    order = np.argsort(probability, kind="stable")
    bins = [part for part in np.array_split(order, CALIBRATION_BINS) if part.size]
    gaps = [abs(float(probability[part].mean() - outcome[part].mean())) for part in bins]
    return float(np.average(gaps, weights=[part.size for part in bins]))


METRICS: dict[str, Metric] = {
    "roc_auc": roc_auc,
    "brier_score": brier_score,
    "log_loss": log_loss,
    "top_decile_lift": top_decile_lift,
    "expected_calibration_error": expected_calibration_error,
}


def bootstrap(
    metric: Metric, outcome: Bools, probability: Floats, seed: int, resamples: int = RESAMPLES
) -> Estimate:
    """Estimate a metric with its 95% percentile interval over resampled rows.

    Rows must be independent: one per customer, of one as-of date.
    """
    rng = np.random.default_rng(seed)
    values = np.empty(resamples)
    for index in range(resamples):
        rows = rng.integers(0, outcome.size, outcome.size)
        values[index] = metric(outcome[rows], probability[rows])
    lower, upper = np.nanquantile(values, [0.025, 0.975])
    return Estimate(metric(outcome, probability), float(lower), float(upper))
