"""Means of others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sklearn.ensemble import VotingClassifier

from ml.estimators.base import Estimator, Model


class Blend(Estimator):
    """The mean of both probabilities: a straight line and steps err in different places."""

    name = "blend"
    members = ("logistic_regression", "lightgbm")

    def build(
        self, numeric: list[str], categorical: list[str], parameters: Mapping[str, Any]
    ) -> Model:
        """Make it; parameters are those of a member, under its name."""
        from ml.estimators import find  # noqa: PLC0415 (members are looked up when they are needed)

        members = [
            (name, find(name).build(numeric, categorical, parameters.get(name, {})))
            for name in self.members
        ]
        model: Model = VotingClassifier(members, voting="soft")
        return model
