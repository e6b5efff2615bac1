"""How good lists are: per customer, with intervals over customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.metrics import RESAMPLES, Estimate
from ml.recommend.config import SEED
from ml.recommend.interactions import Floats, Ints

TOP = 10


@dataclass(frozen=True)
class Ranked:
    """The first products of customers: in the order of customer and place (from 0)."""

    customer: Ints
    product: Ints
    place: Ints


def ranked(customer: Ints, product: Ints, scores: Floats, most: int) -> Ranked:
    """The highest scores of each customer; ties go to the lower product, so the order is total."""
    order = np.lexsort((product, -scores, customer))
    who = customer[order]
    place = np.arange(len(who)) - np.searchsorted(who, who)
    kept = place < most
    return Ranked(who[kept], product[order][kept], place[kept])


def _hits(top: Ranked, truth: Ints, products: int) -> NDArray[np.bool_]:
    return np.isin(top.customer * products + top.product, truth)


def _sizes(truth: Ints, customers: int, products: int) -> Ints:
    return np.bincount(truth // products, minlength=customers)


def ndcg(top: Ranked, truth: Ints, customers: int, products: int) -> Floats:
    """Normalised discounted gain of each customer; the ideal has min(10, products bought) hits.
    NaN for whoever bought none."""
    gain = _hits(top, truth, products) / np.log2(top.place + 2)
    found = np.bincount(top.customer, gain, minlength=customers)
    ideal = np.concatenate([[np.nan], np.cumsum(1 / np.log2(np.arange(TOP) + 2))])
    scores: Floats = found / ideal[np.minimum(_sizes(truth, customers, products), TOP)]
    return scores


def precision(top: Ranked, truth: Ints, customers: int, products: int) -> Floats:
    """Hits of each customer over 10; NaN for whoever bought none."""
    found = np.bincount(top.customer, _hits(top, truth, products), minlength=customers) / TOP
    return np.where(_sizes(truth, customers, products) > 0, found, np.nan)


def recall(top: Ranked, truth: Ints, customers: int, products: int) -> Floats:
    """Share of what each customer bought that the list holds; NaN for whoever bought none."""
    found = np.bincount(top.customer, _hits(top, truth, products), minlength=customers)
    sizes = _sizes(truth, customers, products)
    share: Floats = np.divide(found, sizes, out=np.full(customers, np.nan), where=sizes > 0)
    return share


def novelty(top: Ranked, buyers: Floats, customers: int, everybody: int) -> Floats:
    """Mean surprise of each customer's list in bits: 1 for what half of everybody has bought."""
    bits = -np.log2((buyers[top.product] + 1) / (everybody + 1))
    counts = np.bincount(top.customer, minlength=customers)
    sums = np.bincount(top.customer, bits, minlength=customers)
    mean: Floats = np.divide(sums, counts, out=np.full(customers, np.nan), where=counts > 0)
    return mean


class Resamples:
    """Draws of customers with replacement, the same for everything that is compared."""

    def __init__(self, customers: int) -> None:
        draws = np.random.default_rng(SEED).multinomial(
            customers, np.full(customers, 1 / customers), RESAMPLES
        )
        self.weights: Floats = draws.astype(np.float64)

    def means(self, values: Floats) -> Floats:
        """The mean of known values in each draw."""
        known = np.isfinite(values)
        weights = self.weights[:, known]
        total = weights.sum(axis=1)
        found: Floats = np.full(len(total), np.nan)
        np.divide(weights @ values[known], total, out=found, where=total > 0)
        return found

    def coverage(self, top: Ranked, products: int, catalogue: int) -> Floats:
        """Share of the catalogue that stands in a list, in each draw."""
        shape = (self.weights.shape[1], products)
        shown = sparse.csr_matrix((np.ones(len(top.customer)), (top.customer, top.product)), shape)
        return np.asarray(
            [np.count_nonzero(shown.T @ (row > 0)) / max(catalogue, 1) for row in self.weights]
        )


def estimate(value: float, draws: Floats, is_centred: bool = False) -> Estimate:
    """The middle 95% of the draws.

    A draw holds 63% of the customers and so shows fewer products: of coverage the draws are moved
    so that their mean is the value.
    """
    draws = draws - draws.mean() + value if is_centred else draws
    lower, upper = np.nanquantile(draws, [0.025, 0.975])
    return Estimate(value, float(lower), float(upper))
