"""Metrics of reviews for many resamples at once, in the way of `ml.metrics`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.metrics import Floats, Measure, Metric, roc_auc
from ml.reviews.columns import CLASSES


@Metric
def macro_f1(outcome: NDArray[Any], predicted: Floats, weights: Floats) -> Floats:
    """Mean of the F1 of the three classes, 0 to 1; outcome and prediction are their numbers.

    A class that neither the outcome nor the prediction has counts 0, as in scikit-learn.
    """
    found = []
    for number in range(len(CLASSES)):
        real, said = outcome == number, predicted == number
        hits = _sum(real & said, weights)
        both = _sum(real, weights) + _sum(said, weights)
        found.append(np.where(both > 0, 2 * hits / np.maximum(both, 1), 0.0))
    mean: Floats = np.mean(found, axis=0)
    return mean


@Metric
def positive_auc(outcome: NDArray[Any], score: Floats, weights: Floats) -> Floats:
    """Probability that a positive review scores higher than another; outcome is the class."""
    return roc_auc.of_samples(outcome == len(CLASSES) - 1, score, weights)


def _sum(rows: NDArray[np.bool_], weights: Floats) -> Floats:
    total: Floats = weights[rows].sum(axis=0)
    return total


MACRO_F1 = Measure(macro_f1, higher_is_better=True)
POSITIVE_AUC = Measure(positive_auc, higher_is_better=True)
