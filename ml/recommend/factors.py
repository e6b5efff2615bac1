"""Matrix factorisation: ALS of implicit feedback for the lists, NMF to compare with."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommend.config import SEED, RecommendConfig
from ml.threads import all_cores, threads_for

Singles = NDArray[np.float32]
NMF_ROUNDS = 80


def _als(config: RecommendConfig, threads: int) -> Any:
    from implicit.als import AlternatingLeastSquares  # noqa: PLC0415

    return AlternatingLeastSquares(
        factors=config.als_factors,
        use_gpu=False,
        iterations=config.als_iterations,
        regularization=config.als_penalty,
        alpha=config.als_alpha,
        num_threads=threads,
        random_state=SEED,
    )


def fit_als(matrix: sparse.csr_matrix, config: RecommendConfig) -> Singles:
    """Factors of products by alternating least squares (Hu, Koren, Volinsky 2008)."""
    model = _als(config, all_cores())
    model.fit(matrix, show_progress=False)
    return np.array(model.item_factors, np.float32)


def als_customers(matrix: sparse.csr_matrix, products: Singles, config: RecommendConfig) -> Singles:
    """Factors of customers given those of products: each solves its own least squares."""
    model = _als(config, threads_for(matrix.nnz))
    model.item_factors = products
    found = model.recalculate_user(np.arange(matrix.shape[0]), matrix)
    return np.asarray(found, np.float32)


def nmf_scores(matrix: sparse.csr_matrix, rows: sparse.csr_matrix, factors: int) -> Singles:
    """Scores of non-negative matrix factorisation for some customers, for comparison."""
    from sklearn.decomposition import NMF  # noqa: PLC0415
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415

    model = NMF(factors, init="nndsvd", max_iter=NMF_ROUNDS, random_state=SEED, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # by then the lists move no more
        model.fit(matrix)
    scores: Singles = (model.transform(rows) @ model.components_).astype(np.float32)
    return scores
