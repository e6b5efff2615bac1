"""Straight lines through logged features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sklearn.linear_model import LogisticRegression as SklearnLogistic

from ml.estimators.base import Estimator, Model
from ml.estimators.preprocess import feature_pipeline, logged_numbers


class LogisticRegression(Estimator):
    """Logistic regression on logged, scaled numbers; null is its own indicator."""

    name = "logistic_regression"

    def build(
        self, numeric: list[str], categorical: list[str], parameters: Mapping[str, Any]
    ) -> Model:
        """Make it; `C` is the inverse strength of the penalty."""
        model = SklearnLogistic(**{"C": 0.1, "max_iter": 2000, **parameters})
        pipeline: Model = feature_pipeline(logged_numbers(), numeric, categorical, model)
        return pipeline

    def suggest(self, trial: Any) -> dict[str, Any]:
        """Try penalties over four orders of magnitude."""
        return {"C": trial.suggest_float("C", 1e-3, 10.0, log=True)}
