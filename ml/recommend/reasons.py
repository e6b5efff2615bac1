"""Why a product stands in a list, in words, and where it came from."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.recommend.candidates import Candidates
from ml.recommend.features import column, expected_gap, own_gap
from ml.recommend.interactions import Floats, Ints, Pairs, day_of
from ml.recommend.people import People
from ml.recommend.scores import cells
from ml.recommend.signals import Signals

OWN = "own purchases"
SOURCES = {
    "ease": "ease_share",
    "als": "als_share",
    "item-item": "item_item_share",
    "content": "content",
    "country": "country_share",
    "popularity": "product_buyers_28",
}
"""Sources of what is new to a customer, and the feature by which each ranks."""
WITH = ("ease", "als", "item-item")
WEEK, MONTH = 7, 30.4


def duration(days: float) -> str:
    """Days in words: 1 day, 9 days, 5 weeks, 4 months."""
    return _duration(round(days))


@lru_cache(maxsize=4096)
def _duration(days: int) -> str:
    if days < 2 * WEEK:
        return _count(max(days, 1), "day")
    if days < 13 * WEEK:
        return _count(round(days / WEEK), "week")
    return _count(round(days / MONTH), "month")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"


def own_reasons(pairs: Pairs, chosen: Ints, signals: Signals) -> list[str]:
    """Reasons of products bought before, given by the places of their pairs."""
    gaps, expected = own_gap(pairs)[chosen], expected_gap(pairs, signals)[chosen]
    since = (pairs.cut - pairs.last)[chosen]
    days = pairs.days[chosen]
    return [_own_reason(*each) for each in zip(days, gaps, expected, since, strict=True)]


def _own_reason(days: float, gap: float, expected: float, since: int) -> str:
    if days > 1:
        return f"you buy this every {duration(gap)}, last {duration(since)} ago"
    if np.isnan(expected):
        return f"bought once, {duration(since)} ago"
    return f"bought once, {duration(since)} ago; others buy it every {duration(expected)}"


def expected_dates(pairs: Pairs, chosen: Ints, signals: Signals) -> list[str]:
    """Day by which the next purchase of a product is expected, ISO: the last one and the expected
    gap, but not before the day of scoring; empty where no gap is known."""
    gap = expected_gap(pairs, signals)[chosen]
    today = day_of(pairs.cut)
    ends = zip(pairs.last[chosen], gap, strict=True)
    return [
        "" if np.isnan(g) else max(day_of(last) + timedelta(days=round(g)), today).isoformat()
        for last, g in ends
    ]


def sources_of(candidates: Candidates) -> NDArray[np.object_]:
    """The source in which each candidate ranks best for its customer; own purchases are theirs."""
    ranks = np.stack([_ranks(candidates, column(name)) for name in SOURCES.values()])
    names = np.array(list(SOURCES), object)
    return np.where(candidates.is_own, OWN, names[ranks.argmin(axis=0)])


def _ranks(candidates: Candidates, feature: int) -> Ints:
    """Place of every candidate within its customer by a feature; far behind where it has none."""
    values = np.nan_to_num(candidates.features[:, feature], nan=0.0)
    frame = pd.Series(np.where(values > 0, values, np.nan))
    rank = frame.groupby(candidates.customer).rank(ascending=False, method="min")
    return rank.fillna(1e9).to_numpy().astype(np.int64)


def new_reasons(
    people: People, signals: Signals, candidates: Candidates, sources: NDArray[np.object_]
) -> list[str]:
    """Reasons of products that are new to their customers."""
    reasons = np.where(
        sources == "country",
        np.char.add("popular in ", people.country[candidates.customer].astype(str)),
        "popular in the shop",
    ).astype(object)
    names = np.array(signals.names, object)
    for word, which, by_words in (
        ("bought with ", np.isin(sources, WITH), False),
        ("like ", np.isin(sources, (*WITH, "content")), True),
    ):
        asked = np.flatnonzero(which & np.char.startswith(reasons.astype(str), "popular"))
        partner, weight = _partners(people, signals, candidates.take(asked), by_words)
        found = weight > 0
        reasons[asked[found]] = word + names[partner[found]]
    return list(reasons)


def _partners(
    people: People, signals: Signals, candidates: Candidates, by_words: bool
) -> tuple[Ints, Floats]:
    """The own product that says most for each candidate, and its weight; ties to the lower one."""
    weights = (
        signals.content if by_words else (signals.near if signals.ease is None else signals.ease)
    )
    pairs = people.pairs
    starts = np.searchsorted(pairs.customer, np.arange(pairs.customer_count + 1))
    counts = np.diff(starts)[candidates.customer]
    entry = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    own = pairs.product[starts[candidates.customer][entry] + np.arange(len(entry)) - first[entry]]
    value = cells(weights, own, candidates.product[entry])
    order = np.lexsort((own, -value, entry))
    head = np.flatnonzero(np.diff(entry[order], prepend=-1))
    partner, best = np.zeros(len(counts), np.int64), np.zeros(len(counts))
    partner[entry[order][head]] = own[order][head]
    best[entry[order][head]] = value[order][head]
    return partner, best
