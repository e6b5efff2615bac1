"""All that is learned of products before a cut, and the rules of what may be recommended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommend.config import RecommendConfig
from ml.recommend.factors import Singles, fit_als
from ml.recommend.interactions import Floats, Interactions, Ints, Pairs, pairs_before
from ml.recommend.item_item import ease, neighbours

RECENT_DAYS = (28, 91)
MIN_COUNTRY_CUSTOMERS = 20
MOST_COUNTRIES = 50
SHRINK = 5.0
MIN_BUYERS = 3


@dataclass(frozen=True)
class Catalogue:
    """The products of a shop in the order of their ids, and which of them may be recommended."""

    product_ids: NDArray[Any]
    names: tuple[str, ...]
    categories: NDArray[Any]
    allowed: NDArray[np.bool_]
    content: sparse.csr_matrix


@dataclass(frozen=True)
class ProductFacts:
    """What is known of each product at a cut, one entry per product."""

    buyers: Floats
    recent_buyers: tuple[Floats, ...]
    repeat_share: Floats
    typical_gap: Floats
    age_days: Floats
    unsold_days: Floats
    price: Floats
    units: Floats
    returned_share: Floats


@dataclass(frozen=True)
class Signals:
    """What scores products for a customer, fitted to what happened before `cut`."""

    cut: int
    product_ids: NDArray[Any]
    names: tuple[str, ...]
    categories: NDArray[Any]
    facts: ProductFacts
    allowed: NDArray[np.bool_]
    ease: sparse.csr_matrix | None
    near: sparse.csr_matrix
    content: sparse.csr_matrix
    als: Singles
    countries: dict[str, Floats]
    popular: Ints
    customer_count: int
    """Customers who bought before the cut."""

    @property
    def is_dense(self) -> bool:
        """Whether EASE could be fitted."""
        return self.ease is not None

    def popular_in(self, country: str) -> Ints:
        """Products that may be recommended, by their buyers in a country; ties to the lower id."""
        share = self.countries[country]
        order = np.lexsort((np.arange(len(share)), -share))
        return order[self.allowed[order] & (share[order] > 0)]


def recent(rows: Interactions, first: int, end: int) -> Floats:
    """Different buyers of each product from the first day on, before the end."""
    some = rows.within(first, end)
    some = some.take(some.orders > 0)
    count = len(rows.product_ids)
    keys = np.unique(some.customer * count + some.product)
    return np.bincount(keys % count, minlength=count).astype(np.float64)


def product_facts(rows: Interactions, pairs: Pairs) -> ProductFacts:
    """Facts of products as of the cut of the pairs."""
    count, cut = pairs.product_count, pairs.cut
    past = rows.before(cut)

    def total(product: Ints, weights: Floats | None = None) -> Floats:
        return np.bincount(product, weights, minlength=count).astype(np.float64)

    buyers = total(pairs.product)
    again = pairs.days > 1
    gaps = (pairs.last - pairs.first)[again] / (pairs.days[again] - 1)
    gap_mean = gaps.mean() if len(gaps) else float("nan")
    repeaters = total(pairs.product[again])
    first, last = np.full(count, cut), np.full(count, -1)
    np.minimum.at(first, pairs.product, pairs.first)
    np.maximum.at(last, pairs.product, pairs.last)
    units, overall = total(pairs.product, pairs.units), repeaters.sum() / max(buyers.sum(), 1)
    return ProductFacts(
        buyers=buyers,
        recent_buyers=tuple(recent(rows, cut - days, cut) for days in RECENT_DAYS),
        repeat_share=(repeaters + SHRINK * overall) / (buyers + SHRINK),
        typical_gap=(total(pairs.product[again], gaps) + SHRINK * gap_mean) / (repeaters + SHRINK),
        age_days=np.where(buyers > 0, cut - first, np.nan),
        unsold_days=np.where(buyers > 0, cut - last, np.nan),
        price=_ratio(total(pairs.product, pairs.revenue), units),
        units=units,
        returned_share=_ratio(total(past.product, past.returned), units, least=0.0),
    )


def _ratio(above: Floats, below: Floats, least: float = float("nan")) -> Floats:
    found: Floats = np.divide(above, below, out=np.full(len(above), least), where=below > 0)
    return found


def country_popularity(rows: Interactions, cut: int) -> dict[str, Floats]:
    """Share of a country's customers of the last quarter who bought each product."""
    some = rows.within(cut - RECENT_DAYS[1], cut)
    some = some.take(some.orders > 0)
    count = len(rows.product_ids)
    found = {}
    names, where = np.unique(some.country.astype(str), return_inverse=True)
    sizes = {}
    for number, name in enumerate(names):
        here = some.take(where == number)
        size = len(np.unique(here.customer))
        if size >= MIN_COUNTRY_CUSTOMERS:
            sizes[name] = size
            keys = np.unique(here.customer * count + here.product)
            found[name] = np.bincount(keys % count, minlength=count) / size
    kept = sorted(found, key=lambda name: (-sizes[name], name))[:MOST_COUNTRIES]
    return {name: found[name] for name in kept}


def by_popularity(facts: ProductFacts, allowed: NDArray[np.bool_]) -> Ints:
    """Products that may be recommended, by recent and then by all buyers; ties to the lower id."""
    number = np.arange(len(allowed))
    order = np.lexsort((number, -facts.buyers, -facts.recent_buyers[1], -facts.recent_buyers[0]))
    return order[allowed[order] & (facts.buyers[order] > 0)]


def fit_signals(
    rows: Interactions, catalogue: Catalogue, cut: int, config: RecommendConfig
) -> Signals:
    """Fit everything to what happened before the cut."""
    pairs = pairs_before(rows, cut)
    facts = product_facts(rows, pairs)
    matrix = pairs.matrix(np.ones(len(pairs.product)))
    allowed = catalogue.allowed & ~_returned(facts, config) & ~_unsold(facts, config)
    return Signals(
        cut=cut,
        product_ids=rows.product_ids,
        names=catalogue.names,
        categories=catalogue.categories,
        facts=facts,
        allowed=allowed,
        ease=_ease(matrix, facts, config),
        near=neighbours(matrix, config.neighbours),
        content=catalogue.content,
        als=fit_als(matrix, config),
        countries=country_popularity(rows, cut),
        popular=by_popularity(facts, allowed),
        customer_count=len(np.unique(pairs.customer)),
    )


def _ease(
    matrix: sparse.csr_matrix, facts: ProductFacts, config: RecommendConfig
) -> sparse.csr_matrix | None:
    """EASE among products that enough people bought; None where these are too many."""
    some = np.flatnonzero(facts.buyers >= MIN_BUYERS)
    if len(some) > config.max_dense_products:
        return None
    small = ease(matrix[:, some], config.ease_penalty, config.ease_kept).tocoo()
    count = len(facts.buyers)
    return sparse.csr_matrix((small.data, (some[small.row], some[small.col])), shape=(count, count))


def _returned(facts: ProductFacts, config: RecommendConfig) -> NDArray[np.bool_]:
    """Products that come back too often, among those sold often enough to say so."""
    often = facts.units >= config.min_units_for_returns
    return often & (facts.returned_share > config.max_returned_share)


def _unsold(facts: ProductFacts, config: RecommendConfig) -> NDArray[np.bool_]:
    if not config.unsold_days:
        return np.zeros(len(facts.buyers), bool)
    return facts.unsold_days > config.unsold_days
