"""What the ranker looks at: the customer, the product, the two together, and every score."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ml.recommend.config import RecommendConfig
from ml.recommend.factors import als_customers
from ml.recommend.interactions import Floats, Ints, Pairs
from ml.recommend.people import People
from ml.recommend.scores import Scores, Singles
from ml.recommend.signals import Signals

SHARES = ("ease", "ease_recent", "als", "item_item")
MEANS = ("item_item", "content")
SCORES = (
    "item_item",
    "item_item_recent",
    "content",
    "content_recent",
    "ease",
    "ease_recent",
    "als",
)
OWN = (
    *("own_days", "own_decayed_short", "own_decayed_long", "own_share_of_days", "own_since_last"),
    *("own_since_first", "own_in_last_order", "own_gap", "own_overdue", "own_units"),
)
CUSTOMER = (
    *("customer_days", "customer_products", "customer_products_per_day", "customer_repeats"),
    *("customer_since_last", "customer_tenure", "customer_overdue", "customer_price"),
    "customer_units",
)
PRODUCT = (
    *("product_buyers", "product_buyers_28", "product_buyers_91", "product_trend"),
    *("product_repeat_share", "product_gap", "product_age", "product_unsold", "product_price"),
)
BOTH = ("price_ratio", "country_share")
FEATURES = (
    *(*OWN, *CUSTOMER, *PRODUCT, *BOTH, *SCORES),
    *(f"{name}_share" for name in SHARES),
    *(f"{name}_mean" for name in MEANS),
)
"""Names of the columns of the matrix."""
OWN_GAPS = 2.0
"""Gaps of the product that a customer's own ones are shrunk by."""


def column(name: str) -> int:
    """Position of a feature."""
    return FEATURES.index(name)


def feature_matrix(  # noqa: PLR0913 (the parts of a candidate)
    people: People,
    signals: Signals,
    scores: dict[str, Scores],
    customer: Ints,
    product: Ints,
    pair: Ints,
    config: RecommendConfig,
) -> Singles:
    """Return shape (candidates, features); NaN where something is not known."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = _own_features(people, signals, customer, product, pair)
        own = _customer_features(people)
        found |= {name: values[customer] for name, values in own.items()}
        found |= {name: values[product] for name, values in _product_features(signals).items()}
        found["price_ratio"] = found["product_price"] - found["customer_price"]
        found["country_share"] = _country_share(people, signals, customer, product)
        found |= _score_features(people, signals, scores, customer, product, config)
    missing = np.full(len(customer), np.nan, np.float32)
    return np.stack([np.asarray(found.get(n, missing), np.float32) for n in FEATURES], axis=1)


def own_gap(pairs: Pairs) -> Floats:
    """Mean days between the days on which a customer bought a product; NaN after one."""
    spread = (pairs.last - pairs.first).astype(np.float64)
    return np.where(pairs.days > 1, spread / np.maximum(pairs.days - 1, 1), np.nan)


def expected_gap(pairs: Pairs, signals: Signals) -> Floats:
    """The own mean gap shrunk to the product's; NaN where neither is known."""
    known = pairs.days - 1
    own = np.nan_to_num(own_gap(pairs)) * known
    typical = signals.facts.typical_gap[pairs.product]
    shrunk = (own + OWN_GAPS * typical) / (known + OWN_GAPS)
    return np.where(np.isnan(typical), own_gap(pairs), shrunk)


def _own_features(
    people: People, signals: Signals, customer: Ints, product: Ints, pair: Ints
) -> dict[str, NDArray[np.floating]]:
    pairs, is_own = people.pairs, pair >= 0
    since = (pairs.cut - pairs.last).astype(np.float64)

    def mine(values: NDArray[np.generic], missing: float = np.nan) -> Floats:
        padded = np.append(np.asarray(values, np.float64), missing)
        return padded[np.where(is_own, pair, -1)]

    days = mine(pairs.days, 0)
    return {
        "own_days": days,
        "own_decayed_short": mine(pairs.decayed[0], 0),
        "own_decayed_long": mine(pairs.decayed[1], 0),
        "own_share_of_days": days / np.maximum(people.shop_days, 1)[customer],
        "own_since_last": mine(since),
        "own_since_first": mine(pairs.cut - pairs.first),
        "own_in_last_order": np.where(is_own, mine(pairs.last) == people.last[customer], 0.0),
        "own_gap": mine(own_gap(pairs)),
        "own_overdue": mine(since / expected_gap(pairs, signals)),
        "own_units": mine(np.log1p(np.maximum(pairs.units / pairs.days, 0)), 0),
    }


def _customer_features(people: People) -> dict[str, Floats]:
    pairs = people.pairs

    def total(values: Floats | None = None) -> Floats:
        sums = np.bincount(pairs.customer, values, minlength=pairs.customer_count)
        return sums.astype(np.float64)

    products, events = np.maximum(total(), 1), total(pairs.days)
    days = np.maximum(people.shop_days, 1)
    since = (pairs.cut - people.last).astype(np.float64)
    rhythm = (people.last - people.first) / np.maximum(days - 1, 1)
    units = total(pairs.units)
    return {
        "customer_days": people.shop_days,
        "customer_products": products,
        "customer_products_per_day": events / days,
        "customer_repeats": events / products,
        "customer_since_last": since,
        "customer_tenure": (pairs.cut - people.first).astype(np.float64),
        "customer_overdue": since / np.maximum(rhythm, 1),
        "customer_price": np.log1p(np.maximum(total(pairs.revenue) / np.maximum(units, 1), 0)),
        "customer_units": np.log1p(np.maximum(units / np.maximum(events, 1), 0)),
    }


def _product_features(signals: Signals) -> dict[str, Floats]:
    facts = signals.facts
    month, quarter = facts.recent_buyers
    return {
        "product_buyers": facts.buyers,
        "product_buyers_28": month,
        "product_buyers_91": quarter,
        "product_trend": (month + 1) / (quarter / 3.25 + 1),
        "product_repeat_share": facts.repeat_share,
        "product_gap": facts.typical_gap,
        "product_age": facts.age_days,
        "product_unsold": facts.unsold_days,
        "product_price": np.log1p(np.maximum(facts.price, 0)),
    }


def _country_share(people: People, signals: Signals, customer: Ints, product: Ints) -> Floats:
    found = np.full(len(customer), np.nan)
    for name in np.unique(people.country.astype(str)):
        if name in signals.countries:
            here = people.country[customer] == name
            found[here] = signals.countries[name][product[here]]
    return found


def _score_features(  # noqa: PLR0913 (the parts of a candidate)
    people: People,
    signals: Signals,
    scores: dict[str, Scores],
    customer: Ints,
    product: Ints,
    config: RecommendConfig,
) -> dict[str, NDArray[np.floating]]:
    found: dict[str, NDArray[np.floating]] = {
        name: each.at(customer, product) for name, each in scores.items()
    }
    if "als" not in found:
        factors = als_customers(people.bought, signals.als, config)
        found["als"] = np.einsum("ij,ij->i", factors[customer], signals.als[product])
    for name in SHARES:
        if name in scores:
            found[f"{name}_share"] = found[name] / np.maximum(scores[name].highest, 1e-9)[customer]
    products = np.maximum(np.diff(people.bought.indptr), 1)
    for name in MEANS:
        found[f"{name}_mean"] = found[name] / products[customer]
    return found
