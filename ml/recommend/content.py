"""What is like what by its words: TF-IDF of names and categories. All that new products have."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

ROWS = 2000
COMMON = 1000
"""A word of more products says nothing; without a bound time would grow with their square."""


def text_vectors(texts: Sequence[str]) -> sparse.csr_matrix:
    """TF-IDF of words and of pairs of words, each row of length 1; of no words at all, zeros."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2),
        sublinear_tf=True,
        max_df=min(0.2, COMMON / len(texts)) if len(texts) > 50 else 1.0,
        dtype=np.float32,
        token_pattern=r"(?u)\b\w+\b",  # noqa: S106 (a pattern of words)
    )
    try:
        return sparse.csr_matrix(vectorizer.fit_transform(texts))
    except ValueError:  # no text has a word
        return sparse.csr_matrix((len(texts), 1), dtype=np.float32)


def content_neighbours(vectors: sparse.csr_matrix, kept: int) -> sparse.csr_matrix:
    """Cosine of the texts of two products, of the nearest ones only, a few rows at a time."""
    turned = vectors.T.tocsr()
    parts = [
        strongest_per_row(vectors[start : start + ROWS] @ turned, kept, start)
        for start in range(0, vectors.shape[0], ROWS)
    ]
    return sparse.csr_matrix(sparse.vstack(parts, format="csr"))


def strongest_per_row(
    matrix: sparse.csr_matrix, kept: int, offset: int | None = None
) -> sparse.csr_matrix:
    """The largest entries of each row, ties to the lower column.

    Args:
        matrix: any.
        kept: entries that stay of a row.
        offset: where given, the entry of column row + offset goes: a product is not like itself.
    """
    matrix = sparse.csr_matrix(matrix)
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    columns, values = matrix.indices, matrix.data
    if offset is not None:
        other = columns != rows + offset
        rows, columns, values = rows[other], columns[other], values[other]
    order = np.lexsort((columns, -values, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)
    stays = (place < kept) & (values > 0)
    return sparse.csr_matrix(
        (values[stays], (rows[stays], columns[stays])), shape=matrix.shape, dtype=np.float32
    )
