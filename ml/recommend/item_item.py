"""What goes with what: sparse weights from products to products."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from ml.threads import all_cores

COLUMNS_AT_A_TIME = 256


def ease(matrix: sparse.csr_matrix, penalty: float, kept: int) -> sparse.csr_matrix:
    """EASE (Steck 2019): the closed form of a linear autoencoder without its diagonal.

    Args:
        matrix: customers by products.
        penalty: ridge penalty.
        kept: strongest weights that stay of each target product's column.

    Returns:
        Products by products: a customer's row times it scores the products. Needs a dense square
        matrix of products while it is fitted.
    """
    if not matrix.shape[1]:
        # LAPACK writes a complaint on the terminal of whoever has a shop of one product.
        return sparse.csr_matrix((0, 0), dtype=np.float32)
    # One square matrix all along: LAPACK works in place where columns lie one after another.
    gram = (matrix.T @ matrix).astype(np.float64).toarray(order="F")
    gram[np.diag_indices_from(gram)] += penalty
    factor, _ = linalg.lapack.dpotrf(gram, lower=1, overwrite_a=1)
    weights, _ = linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)
    for column in range(len(weights)):
        weights[column, column + 1 :] = weights[column + 1 :, column]
    weights /= -np.diag(weights)
    np.fill_diagonal(weights, 0)
    return strongest_per_column(weights, kept)


def strongest_per_column(weights: NDArray[Any], kept: int) -> sparse.csr_matrix:
    """The same as a sparse matrix, with only the largest weights of each column by size."""
    return sparse.hstack(
        [
            _strongest(weights[:, start : start + COLUMNS_AT_A_TIME], kept)
            for start in range(0, weights.shape[1], COLUMNS_AT_A_TIME)
        ],
        format="csr",
    )


def _strongest(weights: NDArray[Any], kept: int) -> sparse.csc_matrix:
    count = len(weights)
    if kept < count:
        sizes = np.abs(weights)
        least = np.partition(sizes, count - kept, axis=0)[count - kept]
        weights = np.where(sizes >= least, weights, 0)
    return sparse.csc_matrix(weights.astype(np.float32))


def neighbours(matrix: sparse.csr_matrix, kept: int) -> sparse.csr_matrix:
    """Cosine of the buyers of two products, weighted by BM25, of the nearest ones only.

    Sparse throughout: memory grows with products times `kept`, time with the sum over products of
    what their buyers bought.
    """
    from implicit.nearest_neighbours import (  # noqa: PLC0415
        all_pairs_knn,
        bm25_weight,
        normalize,
    )

    if not matrix.nnz:
        return sparse.csr_matrix((matrix.shape[1], matrix.shape[1]), dtype=np.float32)
    with np.errstate(invalid="ignore", divide="ignore"):
        weighted = normalize(bm25_weight(matrix.T.tocsr(), K1=100, B=0.5))
    near = all_pairs_knn(
        weighted.T.tocsr().astype(np.float64),
        kept + 1,
        num_threads=all_cores(),
        show_progress=False,
    )
    near = sparse.csr_matrix(near, dtype=np.float32)
    near.data = np.nan_to_num(near.data)  # of what everybody bought the weight is 0
    near.setdiag(0)
    near.eliminate_zeros()
    near.sort_indices()
    return near
