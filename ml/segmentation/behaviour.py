"""What customers are grouped by: four measures of behaviour, logged, clipped and scaled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.columns import CUSTOMER_ID
from warehouse.errors import ClienteleError

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

SEED: Final = 20260101
RECENCY, TENURE = "days_since_last_order", "days_since_first_order"
FREQUENCY, SPEND = "order_count", "net_revenue_amount"
BEHAVIOUR: Final = (RECENCY, FREQUENCY, SPEND, TENURE)
"""Columns of ftr_customers, in the order of every array of this package."""
TAIL = 0.01
"""Share of customers at either end of a measure beyond which it is clipped."""


@dataclass(frozen=True)
class Scaler:
    """Log, clip to the middle 98%, then z-score: one huge customer cannot stretch the scale.

    Attributes are of shape (4,), in signed log units.
    """

    lower: Floats
    upper: Floats
    mean: Floats
    spread: Floats

    def scale(self, values: Floats) -> Floats:
        """Behaviour in its own units, shape (rows, 4), to scaled log units."""
        clipped = np.clip(signed_log(values), self.lower, self.upper)
        scaled: Floats = (clipped - self.mean) / self.spread
        return scaled

    def unscale(self, points: Floats) -> Floats:
        """Scaled points, shape (rows, 4), back to signed log units."""
        logged: Floats = points * self.spread + self.mean
        return logged

    def rescale(self, logged: Floats) -> Floats:
        """Signed log units, shape (rows, 4), to scaled ones, without clipping."""
        scaled: Floats = (logged - self.mean) / self.spread
        return scaled


def signed_log(values: Floats) -> Floats:
    """sign(x) * ln(1 + |x|): counts and amounts are skewed, and refunds can be negative."""
    logged: Floats = np.sign(values) * np.log1p(np.abs(values))
    return logged


def fit_scaler(values: Floats) -> Scaler:
    """Fit the scale to behaviour, shape (rows, 4); a measure that never varies becomes zero."""
    logged = signed_log(values)
    lower, upper = np.quantile(logged, [TAIL, 1 - TAIL], axis=0)
    clipped = np.clip(logged, lower, upper)
    spread = clipped.std(axis=0)
    return Scaler(lower, upper, clipped.mean(axis=0), np.where(spread > 0, spread, 1.0))


def behaviour_of(frame: pd.DataFrame) -> Floats:
    """The four measures of a feature frame, shape (rows, 4).

    Raises:
        ClienteleError: a customer has none.
    """
    values = frame[list(BEHAVIOUR)].to_numpy(dtype=np.float64)
    missing = np.isnan(values).any(axis=1)
    if missing.any():
        bad = frame.loc[missing, CUSTOMER_ID].iloc[0]
        raise ClienteleError(f"customer {bad} has no {', '.join(BEHAVIOUR)}: run 'clientele build'")
    return values


def shuffle_columns(values: Floats, seed: int = SEED) -> Floats:
    """The same columns, each in an order of its own: no structure between them is left."""
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.permutation(column) for column in values.T])


def sample_rows(count: int, most: int, seed: int = SEED) -> Labels:
    """Up to `most` row numbers of `count`, drawn without replacement, rising."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, most, replace=False))
