"""Some customers as of a day: what they bought before it, and scores of products for them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommend.config import RecommendConfig
from ml.recommend.factors import als_customers
from ml.recommend.interactions import Floats, Interactions, Ints, Pairs, pairs_before
from ml.recommend.scores import DenseScores, Scores, Singles, SparseScores
from ml.recommend.signals import Signals

DENSE_BLOCK = 512
SPARSE_BLOCK = 4096
UNKNOWN = "unknown"


@dataclass(frozen=True)
class People:
    """Customers with their purchases before a day. One entry per customer in every array."""

    pairs: Pairs
    shop_days: Floats
    """Days on which they bought."""
    first: Ints
    last: Ints
    country: NDArray[Any]
    """Of the latest purchase."""

    def some(self, chosen: Ints) -> People:
        """These customers only, renumbered in the order given (which must rise)."""
        place = np.full(self.pairs.customer_count, -1)
        place[chosen] = np.arange(len(chosen))
        kept = place[self.pairs.customer] >= 0
        arrays = {
            field.name: getattr(self.pairs, field.name)[kept]
            for field in fields(Pairs)
            if isinstance(getattr(self.pairs, field.name), np.ndarray)
        }
        arrays["customer"] = place[arrays["customer"]]
        decayed = tuple(values[kept] for values in self.pairs.decayed)
        pairs = replace(self.pairs, customer_count=len(chosen), decayed=decayed, **arrays)
        own = {
            name: getattr(self, name)[chosen] for name in ("shop_days", "first", "last", "country")
        }
        return People(pairs=pairs, **own)

    @cached_property
    def bought(self) -> sparse.csr_matrix:
        """1 where a customer has bought a product."""
        return self.pairs.matrix(np.ones(len(self.pairs.product)))


def people_before(rows: Interactions, cut: int) -> People:
    """Everybody of the rows as of a day; whoever bought nothing before it has no pairs."""
    past = rows.take((rows.day < cut) & (rows.orders > 0))
    count = len(rows.customer_ids)
    days = np.unique(past.customer * 100_000 + past.day)
    who, when = days // 100_000, days % 100_000
    first, last = np.full(count, cut), np.full(count, -1)
    np.minimum.at(first, who, when)
    np.maximum.at(last, who, when)
    country = np.full(count, UNKNOWN, object)
    order = np.lexsort((past.product, past.day, past.customer))
    country[past.customer[order]] = past.country[order]
    shop_days = np.bincount(who, minlength=count).astype(np.float64)
    return People(pairs_before(rows, cut), shop_days, first, last, country)


def score(people: People, signals: Signals, config: RecommendConfig) -> dict[str, Scores]:
    """Score products for the customers by everything that can, each customer apart."""
    recently = people.pairs.matrix(people.pairs.decayed[1])
    kinds = {"item_item": signals.near, "content": signals.content, "ease": signals.ease}
    found: dict[str, Scores] = {}
    for name, weights in kinds.items():
        if weights is not None:
            found[name] = _scores(people.bought @ weights, signals)
            found[f"{name}_recent"] = _scores(recently @ weights, signals)
    if signals.is_dense:
        found["als"] = DenseScores(als_scores(people, signals, config))
    return found


def als_scores(people: People, signals: Signals, config: RecommendConfig) -> Singles:
    """Scores of all products by ALS; summed in the same order however many customers there are."""
    factors = als_customers(people.bought, signals.als, config)
    found: Singles = np.einsum("ik,jk->ij", factors, signals.als)
    return found


def _scores(product: sparse.csr_matrix, signals: Signals) -> Scores:
    if signals.is_dense:
        return DenseScores(np.asarray(product.toarray(), np.float32))
    return SparseScores(sparse.csr_matrix(product, dtype=np.float32))


def blocks(count: int, signals: Signals) -> list[Ints]:
    """Positions of customers in blocks that fit into memory."""
    size = DENSE_BLOCK if signals.is_dense else SPARSE_BLOCK
    return [np.arange(start, min(start + size, count)) for start in range(0, count, size)]
