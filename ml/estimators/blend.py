"""Means of others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import VotingClassifier

from ml.estimators.base import Estimator, Model


class QuickMean(VotingClassifier):  # type: ignore[misc] # scikit-learn has no types
    """scikit-learn's mean of probabilities, with what each call looks up left out."""

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probabilities of a feature frame or of `FeatureRows`, shape (rows, classes)."""
        of_members = [member.predict_proba(X) for member in self.estimators_]
        return np.average(of_members, axis=0, weights=self.weights)


class Blend(Estimator):
    """The mean of both probabilities: a straight line and steps err in different places."""

    name = "blend"
    members: ClassVar[tuple[str, ...]] = ("logistic_regression", "lightgbm")

    def build(
        self, numeric: list[str], categorical: list[str], parameters: Mapping[str, Any]
    ) -> Model:
        """Make it; parameters are those of a member, under its name."""
        from ml.estimators import find  # noqa: PLC0415 (members are looked up when they are needed)

        members = [
            (name, find(name).build(numeric, categorical, parameters.get(name, {})))
            for name in self.members
        ]
        model: Model = QuickMean(members, voting="soft")
        return model


class BlendWithForest(Blend):
    """The mean of three: a forest errs in yet other places, and takes most of the time."""

    name = "blend_with_forest"
    members: ClassVar[tuple[str, ...]] = ("logistic_regression", "lightgbm", "random_forest")
