"""Forecasts of parts that add up to the whole, in cents, and never below nothing.

The total keeps its forecast: it is the best known. What its parts say too much or too little is
shared out among them in proportion to the variances of their errors. That is generalised least
squares (MinT, Wickramasuriya, Athanasopoulos and Hyndman 2019) with a diagonal covariance, under
the condition that the total stays.
"""

from __future__ import annotations

import numpy as np

from ml.forecast.panel import Floats

ROUNDS = 20


def reconcile(parts: Floats, total: Floats, variances: Floats) -> Floats:
    """Move parts so that they add up to the total, the less certain ones more.

    Args:
        parts: shape (parts, days), none below zero.
        total: shape (days,), none below zero.
        variances: of the parts' errors, shape (parts,); zeros count as a little.

    Returns:
        Shape (parts, days), none below zero, whose sums are the total.
    """
    weights = np.maximum(variances, max(float(variances.max(initial=0.0)), 1.0) * 1e-9)
    moved = np.maximum(parts, 0.0)
    for _ in range(ROUNDS):
        gap = total - moved.sum(axis=0)
        # Parts at zero cannot give; what has no forecast of a day gets nothing of it.
        free = np.where((moved > 0) & (parts > 0), weights[:, None], 0.0)
        share = free / np.maximum(free.sum(axis=0), 1e-300)
        moved = np.maximum(moved + share * gap, 0.0)
    return np.asarray(_scaled(moved, parts, total))


def _scaled(moved: Floats, parts: Floats, total: Floats) -> Floats:
    """The last of the gap in proportion; days of which no part said anything by their means."""
    sums = moved.sum(axis=0)
    means = np.maximum(parts, 0.0).mean(axis=1, keepdims=True)
    even = means if means.sum() > 0 else np.ones_like(means)
    shares = np.where(sums > 0, moved / np.where(sums > 0, sums, 1.0), even / even.sum())
    return np.asarray(shares * total)


def to_cents(amounts: Floats) -> Floats:
    """Round to two decimals."""
    return np.round(amounts, 2)


def round_parts(parts: Floats, total: Floats) -> Floats:
    """Round parts to cents so that they add up to a total in cents: the largest remainders go up.

    Args:
        parts: shape (parts, days), sums within a cent times the parts of the total.
        total: shape (days,), in whole cents.
    """
    exact = parts * 100
    floors = np.floor(exact + 1e-9)
    missing = np.rint(total * 100 - floors.sum(axis=0)).astype(int)
    order = np.argsort(-(exact - floors), axis=0, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(len(parts))[:, None] + np.zeros_like(order), axis=0)
    return np.asarray((floors + (rank < missing)) / 100)
