"""Straight lines through logged features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression as SklearnLogistic
from sklearn.preprocessing import StandardScaler

from ml.estimators.base import SEED, Estimator, Model, is_plain
from ml.estimators.preprocess import feature_pipeline, logged_numbers

DEFAULTS: dict[str, Any] = {"C": 0.1, "max_iter": 2000}


def _centre() -> tuple[str, StandardScaler]:
    """A step that makes every mean 0, new for each model.

    The intercept is then the log-odds of the average row, and what a feature adds is its
    coefficient times its value (`ml.explain`). The fit is the same.
    """
    return "centre", StandardScaler(with_std=False)


class QuickLogistic(SklearnLogistic):  # type: ignore[misc] # scikit-learn has no types
    """scikit-learn's of two outcomes, with the checks of a call left out for plain numbers.

    They take longer than the line itself for a single row. The numbers are the same bits.
    """

    def predict_proba(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities, shape (rows, 2), of rows of numbers."""
        if not is_plain(self, X) or len(self.coef_) > 1 or not np.isfinite(X).all():
            found: NDArray[np.float64] = super().predict_proba(X)
            return found
        positive = expit((X @ self.coef_.T + self.intercept_)[:, 0])
        return np.column_stack([1.0 - positive, positive])


class LogisticRegression(Estimator):
    """Logistic regression on logged, scaled numbers; null is its own indicator."""

    name = "logistic_regression"

    def build(
        self, numeric: list[str], categorical: list[str], parameters: Mapping[str, Any]
    ) -> Model:
        """Make it; `C` is the inverse strength of the penalty."""
        model = QuickLogistic(**{**DEFAULTS, **parameters})
        pipeline: Model = feature_pipeline(
            logged_numbers(), numeric, categorical, model, between=[_centre()]
        )
        return pipeline

    def suggest(self, trial: Any) -> dict[str, Any]:
        """Try penalties over four orders of magnitude."""
        return {"C": trial.suggest_float("C", 1e-3, 10.0, log=True)}


class BalancedLogisticRegression(LogisticRegression):
    """The same with either outcome weighing as much, however rare it is.

    Its probabilities are those of a shop where half churn: offer a calibration with it.
    """

    name = "logistic_regression_balanced"

    def build(
        self, numeric: list[str], categorical: list[str], parameters: Mapping[str, Any]
    ) -> Model:
        """Make it; `C` is the inverse strength of the penalty."""
        return super().build(numeric, categorical, {"class_weight": "balanced", **parameters})


class SmoteLogisticRegression(Estimator):
    """The same on a past in which the rarer outcome is filled up with synthetic rows.

    SMOTE (Chawla et al. 2002) draws them between neighbours, and only while fitting: the rows of
    a fold or a date that is held out are never drawn from and never added to.
    """

    name = "logistic_regression_smote"

    def build(
        self, numeric: list[str], categorical: list[str], parameters: Mapping[str, Any]
    ) -> Model:
        """Make it; `C` is the inverse strength of the penalty."""
        from imblearn.over_sampling import SMOTE  # noqa: PLC0415 (its import takes a second)
        from imblearn.pipeline import Pipeline  # noqa: PLC0415

        model = QuickLogistic(**{**DEFAULTS, **parameters})
        between = [_centre(), ("smote", SMOTE(random_state=SEED))]
        pipeline: Model = feature_pipeline(
            logged_numbers(), numeric, categorical, model, between, Pipeline
        )
        return pipeline
