"""A single tree and a forest of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from ml.estimators.base import SEED, Estimator, Model, is_plain
from ml.estimators.preprocess import feature_pipeline, known_numbers

TREE: dict[str, Any] = {"max_leaf_nodes": 16, "min_samples_leaf": 50, "random_state": SEED}
FOREST: dict[str, Any] = {
    "n_estimators": 200,
    "min_samples_leaf": 20,
    "max_features": 0.3,
    "random_state": SEED,
    "n_jobs": 1,
}


class QuickForest(RandomForestClassifier):  # type: ignore[misc] # scikit-learn has no types
    """scikit-learn's forest, which asks its trees for plain numbers itself.

    Handing each tree to a pool takes ten times as long as the trees for a single row. The numbers
    are the same bits.
    """

    def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities, shape (rows, classes), of rows of numbers."""
        rows = np.ascontiguousarray(X, dtype=np.float32) if is_plain(self, X) else None
        if rows is None or self.n_jobs != 1 or not np.isfinite(rows).all():
            found: NDArray[np.float64] = super().predict_proba(X)
            return found
        total = np.zeros((len(rows), self.n_classes_))
        for tree in self.estimators_:
            total += tree.tree_.predict(rows)[:, : self.n_classes_]
        return total / len(self.estimators_)


class DecisionTree(Estimator):
    """One tree of at most sixteen leaves, which a person can read."""

    name = "decision_tree"

    def build(
        self, numeric: list[str], categorical: list[str], parameters: Mapping[str, Any]
    ) -> Model:
        """Make it; parameters are those of DecisionTreeClassifier."""
        model = DecisionTreeClassifier(**{**TREE, **parameters})
        pipeline: Model = feature_pipeline(known_numbers(), numeric, categorical, model)
        return pipeline

    def suggest(self, trial: Any) -> dict[str, Any]:
        """Try other sizes."""
        return {
            "max_leaf_nodes": trial.suggest_int("max_leaf_nodes", 4, 64, log=True),
            "min_samples_leaf": trial.suggest_int("min_samples_leaf", 20, 200, log=True),
        }


class RandomForest(Estimator):
    """Two hundred trees, each on a sample of rows and features, averaged."""

    name = "random_forest"

    def build(
        self, numeric: list[str], categorical: list[str], parameters: Mapping[str, Any]
    ) -> Model:
        """Make it; parameters are those of RandomForestClassifier."""
        model = QuickForest(**{**FOREST, **parameters})
        pipeline: Model = feature_pipeline(known_numbers(), numeric, categorical, model)
        return pipeline

    def suggest(self, trial: Any) -> dict[str, Any]:
        """Try other sizes of leaves and shares of features."""
        return {
            "min_samples_leaf": trial.suggest_int("min_samples_leaf", 5, 100, log=True),
            "max_features": trial.suggest_float("max_features", 0.1, 1.0),
        }
