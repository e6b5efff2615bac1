"""NPMI coherence of topics, counted on documents that they were not fitted to.

Bouma 2009: normalised pointwise mutual information of two words is ln(p(a, b) / p(a)p(b)) /
-ln p(a, b), -1 for words that never meet to 1 for words that always do. The coherence of a topic is
the mean over all pairs of its top words (Aletras and Stevenson 2013), here over whole reviews.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.metrics import Floats


def coherence(
    counts: Any, topics: Sequence[Sequence[int]], weights: Floats | None = None
) -> Floats:
    """NPMI of each topic in each resample of the documents.

    Args:
        counts: sparse, shape (documents, words); above 0 where a word stands in a document.
        topics: columns of the top words of each topic, at least two of each.
        weights: shape (documents, resamples), how often each document was drawn; once by default.

    Returns:
        Shape (topics, resamples). A pair of which a word does not occur counts as -1.
    """
    drawn = np.ones((counts.shape[0], 1)) if weights is None else weights
    words = sorted({word for topic in topics for word in topic})
    place = {word: number for number, word in enumerate(words)}
    there = (counts[:, words] > 0).astype(np.float64).tocsc()
    total = drawn.sum(axis=0)
    single = (there.T @ drawn) / total
    rows = [
        np.mean(
            [_npmi(there, drawn, total, single, place[a], place[b]) for a, b in combinations(t, 2)],
            axis=0,
        )
        for t in topics
    ]
    return np.array(rows)


def _npmi(  # noqa: PLR0913 (counts of one pair)
    there: Any, drawn: Floats, total: Floats, single: Floats, a: int, b: int
) -> Floats:
    both_rows: NDArray[np.int64] = np.intersect1d(
        there.indices[there.indptr[a] : there.indptr[a + 1]],
        there.indices[there.indptr[b] : there.indptr[b + 1]],
        assume_unique=True,
    )
    both = drawn[both_rows].sum(axis=0) / total
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.log(both / (single[a] * single[b])) / -np.log(both)
    # Words that stand in every document tell nothing; those that never meet are at the end.
    value = np.where(both >= 1, 0.0, value)
    found: Floats = np.where(both > 0, value, -1.0)
    return found
