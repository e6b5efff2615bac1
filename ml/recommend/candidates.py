"""Candidates of some customers: what they bought before, and the best of every source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.recommend.config import RecommendConfig
from ml.recommend.features import feature_matrix
from ml.recommend.interactions import Ints, Pairs
from ml.recommend.people import People, score
from ml.recommend.scores import Bools, Singles
from ml.recommend.signals import Signals

SOURCES = ("ease", "ease_recent", "als", "item_item", "content")


@dataclass(frozen=True)
class Candidates:
    """One entry per customer and candidate, in that order."""

    customer: Ints
    product: Ints
    pair: Ints
    """Place among the pairs of what was bought before; -1 for what was not."""
    features: Singles

    @property
    def is_own(self) -> Bools:
        """Whether the customer has bought it before."""
        return self.pair >= 0

    def take(self, rows: NDArray[np.bool_] | Ints) -> Candidates:
        """Some of them."""
        return Candidates(
            self.customer[rows], self.product[rows], self.pair[rows], self.features[rows]
        )


def find_candidates(people: People, signals: Signals, config: RecommendConfig) -> Candidates:
    """Gather the candidates of customers with what the ranker looks at; a customer's depend on
    that customer only."""
    scores = score(people, signals, config)
    pairs = people.pairs
    keys = [_own(pairs, signals.allowed, config.most_own), _popular(people, signals, config)]
    keys += [
        scores[name].best(people.bought, signals.allowed, config.per_source)
        for name in SOURCES
        if name in scores
    ]
    key = np.unique(np.concatenate(keys))
    customer, product = key // pairs.product_count, key % pairs.product_count
    pair = _places(pairs.keys, key)
    features = feature_matrix(people, signals, scores, customer, product, pair, config)
    return Candidates(customer, product, pair, features)


def _places(known: Ints, wanted: Ints) -> Ints:
    place = np.searchsorted(known, wanted)
    return np.where(np.append(known, -1)[place] == wanted, place, -1)


def _own(pairs: Pairs, allowed: Bools, most: int) -> Ints:
    """Own products: the most frequent and recent ones, ties to the lower product."""
    fine = np.flatnonzero(allowed[pairs.product])
    weight = pairs.decayed[1][fine] + 0.1 * pairs.days[fine]
    fine = fine[np.lexsort((pairs.product[fine], -weight, pairs.customer[fine]))]
    return pairs.keys[fine[places_within(pairs.customer[fine]) < most]]


def places_within(groups: Ints) -> Ints:
    """0, 1, 2 ... within each run of equal numbers; the numbers must rise."""
    return np.arange(len(groups)) - np.searchsorted(groups, groups)


def _popular(people: People, signals: Signals, config: RecommendConfig) -> Ints:
    """What is popular in the shop, and in the customer's country."""
    count, kept = people.pairs.product_count, config.per_source
    everybody = np.arange(people.pairs.customer_count)
    keys = [_crossed(everybody, signals.popular[:kept], count)]
    for name in np.unique(people.country.astype(str)):
        if name in signals.countries:
            here = np.flatnonzero(people.country == name)
            keys.append(_crossed(here, signals.popular_in(name)[:kept], count))
    return np.concatenate(keys)


def _crossed(customers: Ints, products: Ints, count: int) -> Ints:
    return (customers[:, None] * count + products[None, :]).ravel()
