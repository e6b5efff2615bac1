"""Lists per product: what is like it, and what is bought with it on the same day."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from ml.recommend.config import RecommendConfig
from ml.recommend.content import strongest_per_row
from ml.recommend.interactions import Floats, Interactions
from ml.recommend.scores import cells
from ml.recommend.signals import Signals

SIMILAR, TOGETHER = "similar", "bought_together"
COLUMNS = (
    *("product_id", "list_name", "list_rank", "related_product_id", "score", "candidate_source"),
    *("basket_count", "support", "confidence", "lift"),
)
ROWS = 2000


def related_table(rows: Interactions, signals: Signals, config: RecommendConfig) -> pd.DataFrame:
    """Both lists of every product that may be recommended or was bought before the cut."""
    return pd.concat(
        [similar(signals, config), bought_together(rows, signals, config)], ignore_index=True
    )


def similar(signals: Signals, config: RecommendConfig) -> pd.DataFrame:
    """Products like each: the mean of the cosine of their buyers and of their words.

    A product that nobody has bought is compared by its words alone.
    """
    cosines = sparse.csr_matrix((signals.near + signals.content) * np.float32(0.5))
    best = strongest_per_row(_only_allowed(cosines, signals), config.related_length)
    found = _listed(best, SIMILAR, signals)
    source, target = found.pop("source").to_numpy(), found.pop("target").to_numpy()
    by_buyers = cells(signals.near, source, target) > 0
    by_words = cells(signals.content, source, target) > 0
    kinds = np.select([by_buyers & by_words, by_buyers], ["buyers and words", "buyers"], "words")
    empty = dict.fromkeys(COLUMNS[-3:], np.nan)
    return found.assign(candidate_source=kinds, basket_count=np.nan, **empty)[list(COLUMNS)]


def bought_together(rows: Interactions, signals: Signals, config: RecommendConfig) -> pd.DataFrame:
    """Products bought by a customer on the same day more often than by chance.

    In order of the baskets with both times the logarithm of the lift; pairs in fewer baskets than
    `min_baskets` are left out, and so are baskets of more than `most_per_basket` products.
    """
    baskets = _baskets(rows.before(signals.cut), config.most_per_basket)
    sizes = np.asarray(baskets.sum(axis=0)).ravel()
    turned, parts = baskets.T.tocsr(), []
    for start in range(0, turned.shape[0], ROWS):
        both = sparse.csr_matrix(turned[start : start + ROWS] @ baskets)
        parts.append(_worth(both, sizes, baskets.shape[0], start, config))
    best = strongest_per_row(
        _only_allowed(sparse.csr_matrix(sparse.vstack(parts, format="csr")), signals),
        config.related_length,
    )
    found = _listed(best, TOGETHER, signals)
    source, target = found.pop("source").to_numpy(), found.pop("target").to_numpy()
    counts = _together(turned, source, target)
    total = max(baskets.shape[0], 1)
    return found.assign(
        candidate_source="baskets",
        basket_count=counts,
        support=counts / total,
        confidence=counts / sizes[source],
        lift=counts * total / (sizes[source] * sizes[target]),
    )[list(COLUMNS)]


def _baskets(rows: Interactions, most: int) -> sparse.csr_matrix:
    """Customers' days by products, 1 where it was bought."""
    bought = rows.take(rows.orders > 0)
    _, basket = np.unique(bought.customer * 100_000 + bought.day, return_inverse=True)
    sizes = np.bincount(basket) if len(basket) else np.zeros(0, np.int64)
    kept = sizes[basket] <= most
    _, number = np.unique(basket[kept], return_inverse=True)
    shape = (int(number.max(initial=-1)) + 1, len(rows.product_ids))
    ones = np.ones(len(number), np.float32)
    return sparse.csr_matrix((ones, (number, bought.product[kept])), shape=shape)


def _worth(
    both: sparse.csr_matrix, sizes: Floats, total: int, start: int, config: RecommendConfig
) -> sparse.csr_matrix:
    """Baskets with both times the log of the lift, of pairs that are frequent enough."""
    row = np.repeat(np.arange(both.shape[0]), np.diff(both.indptr)) + start
    often = (both.data >= config.min_baskets) & (row != both.indices)
    row, column, count = row[often], both.indices[often], both.data[often]
    worth = count * np.log(count * total / (sizes[row] * sizes[column]))
    return sparse.csr_matrix((worth, (row - start, column)), shape=both.shape)


def _together(turned: sparse.csr_matrix, source: np.ndarray, target: np.ndarray) -> Floats:
    """Baskets that hold both of each pair, some pairs at a time."""
    found = [
        np.asarray(
            turned[source[i : i + ROWS]].multiply(turned[target[i : i + ROWS]]).sum(axis=1)
        ).ravel()
        for i in range(0, len(source), ROWS)
    ]
    return np.concatenate(found) if found else np.empty(0)


def _only_allowed(weights: sparse.csr_matrix, signals: Signals) -> sparse.csr_matrix:
    weights = weights.copy()
    weights.data = np.where(signals.allowed[weights.indices], weights.data, 0)
    return weights


def _listed(best: sparse.csr_matrix, name: str, signals: Signals) -> pd.DataFrame:
    """Rows of the entries, each product's largest first; ties to the lower product."""
    source = np.repeat(np.arange(best.shape[0]), np.diff(best.indptr))
    order = np.lexsort((best.indices, -best.data, source))
    source, target, value = source[order], best.indices[order], best.data[order]
    return pd.DataFrame(
        {
            "product_id": signals.product_ids[source],
            "list_name": name,
            "list_rank": np.arange(len(source)) - np.searchsorted(source, source) + 1,
            "related_product_id": signals.product_ids[target],
            "score": value.astype(np.float64),
            "source": source,
            "target": target,
        }
    )
