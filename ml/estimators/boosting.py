"""Gradient boosted trees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lightgbm import LGBMClassifier

from ml.estimators.base import SEED, Estimator, Model
from ml.estimators.preprocess import feature_pipeline

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


class LightGBM(Estimator):
    """Shallow gradient boosting, strongly regularised: shops are small. Null stays null."""

    name = "lightgbm"

    def build(
        self, numeric: list[str], categorical: list[str], parameters: Mapping[str, Any]
    ) -> Model:
        """Make it; parameters are those of LGBMClassifier."""
        model = LGBMClassifier(**{**DEFAULTS, **parameters})
        pipeline: Model = feature_pipeline("passthrough", numeric, categorical, model)
        return pipeline

    def suggest(self, trial: Any) -> dict[str, Any]:
        """Try other sizes and strengths of trees."""
        return suggest_trees(trial)
