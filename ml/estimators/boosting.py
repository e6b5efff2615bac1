"""Gradient boosted trees."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import numpy as np
from lightgbm import LGBMClassifier
from numpy.typing import NDArray

from ml.estimators.base import SEED, Estimator, Model, is_plain
from ml.estimators.preprocess import feature_pipeline
from ml.threads import threads_for
from warehouse.errors import ClienteleError

DEFAULTS: dict[str, Any] = {
    "n_estimators": 200,
    "learning_rate": 0.03,
    "num_leaves": 7,
    "min_child_samples": 50,
    "subsample": 0.8,
    "subsample_freq": 1,
    "colsample_bytree": 0.6,
    "reg_lambda": 10.0,
    "random_state": SEED,
    "deterministic": True,
    "force_row_wise": True,
    "n_jobs": 1,
    "verbose": -1,
}

BINARY = 2

XGBOOST_DEFAULTS: dict[str, Any] = {
    "n_estimators": 200,
    "learning_rate": 0.03,
    "max_depth": 3,
    "min_child_weight": 10.0,
    "subsample": 0.8,
    "colsample_bytree": 0.6,
    "reg_lambda": 10.0,
    "random_state": SEED,
    "n_jobs": 1,
}


def suggest_trees(trial: Any) -> dict[str, Any]:
    """Draw the parameters of small, regularised LightGBM trees."""
    return {
        "n_estimators": trial.suggest_int("n_estimators", 50, 600, log=True),
        "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.1, log=True),
        "num_leaves": trial.suggest_int("num_leaves", 3, 31, log=True),
        "min_child_samples": trial.suggest_int("min_child_samples", 10, 200, log=True),
        "colsample_bytree": trial.suggest_float("colsample_bytree", 0.3, 1.0),
        "reg_lambda": trial.suggest_float("reg_lambda", 0.1, 100.0, log=True),
    }


class QuickLGBMClassifier(LGBMClassifier):  # type: ignore[misc] # LightGBM's are not typed
    """LightGBM's classifier of two outcomes, whose probabilities come straight from its trees.

    Its own `predict_proba` takes ten times as long as the trees for a single row: it works out its
    parameters anew and checks the rows at every call. The numbers are the same bits.
    """

    def predict_proba(self, X: NDArray[np.float64], **params: Any) -> NDArray[np.float64]:
        """Probabilities, shape (rows, 2), of rows of numbers, NaN where unknown."""
        if params or not is_plain(self, X) or self.n_classes_ != BINARY:
            found: NDArray[np.float64] = super().predict_proba(X, **params)
            return found
        positive = self.booster_.predict(X, num_threads=threads_for(len(X)))
        return np.column_stack([1.0 - positive, positive])


class LightGBM(Estimator):
    """Shallow gradient boosting, strongly regularised: shops are small. Null stays null."""

    name = "lightgbm"

    def build(
        self, numeric: list[str], categorical: list[str], parameters: Mapping[str, Any]
    ) -> Model:
        """Make it; parameters are those of LGBMClassifier."""
        model = QuickLGBMClassifier(**{**DEFAULTS, **parameters})
        pipeline: Model = feature_pipeline("passthrough", numeric, categorical, model)
        return pipeline

    def suggest(self, trial: Any) -> dict[str, Any]:
        """Try other sizes and strengths of trees."""
        return suggest_trees(trial)


class XGBoost(Estimator):
    """Gradient boosting by XGBoost, an optional extra. Null stays null."""

    name = "xgboost"

    def build(
        self, numeric: list[str], categorical: list[str], parameters: Mapping[str, Any]
    ) -> Model:
        """Make it; parameters are those of XGBClassifier.

        Raises:
            ClienteleError: XGBoost is not installed.
        """
        if not self.is_available():
            raise ClienteleError(
                "xgboost is an optional extra: install it with pip install 'clientele[xgboost]'"
            )
        from xgboost import XGBClassifier  # noqa: PLC0415 (an optional extra)

        model = XGBClassifier(**{**XGBOOST_DEFAULTS, **parameters})
        pipeline: Model = feature_pipeline("passthrough", numeric, categorical, model)
        return pipeline

    def is_available(self) -> bool:
        """Whether XGBoost is installed."""
        return find_spec("xgboost") is not None
