"""The estimators by name. Each is one class, see `ml.estimators.base.Estimator`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ml.estimators.base import (
    SEED,
    Estimator,
    Kind,
    Model,
    predicted,
    predicted_interval,
)
from ml.estimators.blend import Blend
from ml.estimators.boosting import LightGBM
from ml.estimators.linear import LogisticRegression
from ml.estimators.preprocess import feature_pipeline, logged_numbers, signed_log
from ml.feature_contract import FeatureContract
from warehouse.errors import ClienteleError

__all__ = [
    "BUILT_IN",
    "SEED",
    "TRIED",
    "Estimator",
    "Kind",
    "Model",
    "build",
    "feature_pipeline",
    "find",
    "logged_numbers",
    "predicted",
    "predicted_interval",
    "signed_log",
]

BUILT_IN: dict[str, Estimator] = {
    estimator.name: estimator for estimator in (LogisticRegression(), LightGBM(), Blend())
}

TRIED: dict[str, Estimator] = {}
"""What somebody is working on in a notebook, for as long as it runs."""


def find(name: str) -> Estimator:
    """Return the estimator of that name.

    Raises:
        ClienteleError: there is none.
    """
    try:
        return TRIED[name] if name in TRIED else BUILT_IN[name]
    except KeyError:
        known = ", ".join(BUILT_IN)
        raise ClienteleError(f"there is no estimator {name!r}; choose from {known}") from None


def build(name: str, contract: FeatureContract, parameters: Mapping[str, Any] | None = None) -> Any:
    """Make an unfitted model for the features of a contract.

    Raises:
        ClienteleError: no such estimator, or the contract lacks a feature that it needs.
    """
    estimator = find(name)
    missing = [column for column in estimator.columns if column not in contract.feature_names]
    if missing:
        raise ClienteleError(f"{name} needs {', '.join(missing)}, not in {contract.relation}")
    return estimator.build(
        contract.names("numeric"), contract.names("categorical"), parameters or {}
    )
