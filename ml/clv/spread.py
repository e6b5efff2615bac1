"""80% intervals of a customer's value, by how much came of what had been expected of others.

Of rows that a model was not fitted to, the ratio of outcome to expectation is sorted into bins of
expected orders: who is expected to order a twentieth of a time mostly brings nothing, who orders
every week brings about what was expected. An interval is expectation times the quantiles of the
customer's bin (split conformal prediction within bins: Vovk, Gammerman and Shafer 2005, Mondrian
conformal predictors). The horizon comes in through the expected orders alone, which is what lets
one table serve all months of a curve: an assumption, checked wherever later orders are known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.clv.sufficient_statistics import Floats

COVERAGE = 0.8
MOST_BINS = 12
LEAST_ROWS = 100


@dataclass(frozen=True)
class Spread:
    """Per bin: the middle in log expected orders, and the lower and upper ratio; shape (bins,)."""

    middle: Floats
    lower: Floats
    upper: Floats

    def interval(self, expected: Floats, orders: Floats) -> Floats:
        """Ends of the interval per row, shape (rows, 2), between bins by interpolation.

        The upper end is never below the expected value: of a customer who will most likely bring
        nothing, the 80% interval alone would be (0, 0).
        """
        at = np.log(np.maximum(orders, 1e-12))
        lower = expected * np.interp(at, self.middle, self.lower)
        upper = expected * np.interp(at, self.middle, self.upper)
        return np.column_stack([np.minimum(lower, expected), np.maximum(upper, expected)])


def learn_spread(outcome: Floats, expected: Floats, orders: Floats) -> Spread:
    """Learn the spread from rows that the expectation was not fitted to.

    Args:
        outcome: what came, shape (rows,).
        expected: what was expected, positive.
        orders: expected orders, positive.
    """
    ratio = outcome / np.maximum(expected, 1e-12)
    logs = np.log(np.maximum(orders, 1e-12))
    bins = max(1, min(MOST_BINS, outcome.size // LEAST_ROWS))
    parts = np.array_split(np.argsort(logs, kind="stable"), bins)
    ends = np.array([_ends(ratio[part]) for part in parts])
    middle = np.array([float(np.median(logs[part])) for part in parts])
    # Bins of equal middle (customers of whom nothing is known) would be no function.
    middle, kept = np.unique(middle, return_index=True)
    return Spread(middle, ends[kept, 0], ends[kept, 1])


def _ends(ratio: Floats) -> tuple[float, float]:
    """Central 80%, or from 0 on where a tenth or more brought nothing."""
    tail = (1 - COVERAGE) / 2
    if (ratio <= 0).mean() >= tail:
        return 0.0, _quantile(ratio, COVERAGE)
    return -_quantile(-ratio, 1 - tail), _quantile(ratio, 1 - tail)


def _quantile(values: Floats, level: float) -> float:
    """The smallest value that holds for a new row with this probability: rank (n + 1) level."""
    rank = min(values.size, int(np.ceil((values.size + 1) * level)))
    return float(np.partition(values, rank - 1)[rank - 1])
