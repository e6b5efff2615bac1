"""The estimators of the churn task: each a whole pipeline from feature frame to probability."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import VotingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from ml.feature_contract import FeatureContract

SEED = 20260101
# A category that fewer rows have tells more about those rows than about customers to come.
MIN_CATEGORY_ROWS = 50


class Classifier(Protocol):
    """What the churn task needs of an estimator: scikit-learn's own interface."""

    def fit(self, X: pd.DataFrame, y: Any) -> Classifier:
        """Fit to a feature frame and an outcome per row."""

    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:
        """Probabilities of (retained, churned), shape (rows, 2)."""


Builder = Callable[[list[str], list[str]], Classifier]


def signed_log(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """sign(x) * ln(1 + |x|): counts and amounts are skewed, and refunds can be negative."""
    logged: NDArray[np.float64] = np.sign(values) * np.log1p(np.abs(values))
    return logged


def logistic_regression(numeric: list[str], categorical: list[str]) -> Pipeline:
    """Logistic regression on logged, scaled numbers; null is its own indicator."""
    numbers = Pipeline(
        [
            ("impute", SimpleImputer(add_indicator=True, keep_empty_features=True)),
            ("log", FunctionTransformer(signed_log)),
            ("scale", StandardScaler()),
        ]
    )
    return _pipeline(numbers, numeric, categorical, LogisticRegression(C=0.1, max_iter=2000))


def lightgbm(numeric: list[str], categorical: list[str]) -> Pipeline:
    """Shallow gradient boosting, strongly regularised: shops are small. Null is left as it is."""
    model = LGBMClassifier(
        n_estimators=200,
        learning_rate=0.03,
        num_leaves=7,
        min_child_samples=50,
        subsample=0.8,
        subsample_freq=1,
        colsample_bytree=0.6,
        reg_lambda=10.0,
        random_state=SEED,
        deterministic=True,
        force_row_wise=True,
        n_jobs=1,
        verbose=-1,
    )
    return _pipeline("passthrough", numeric, categorical, model)


def blend(numeric: list[str], categorical: list[str]) -> VotingClassifier:
    """The mean of both probabilities: a straight line and steps err in different places."""
    members = [(name, ESTIMATORS[name](numeric, categorical)) for name in BLEND_MEMBERS]
    return VotingClassifier(members, voting="soft")


BLEND = "blend"
BLEND_MEMBERS = ("logistic_regression", "lightgbm")
ESTIMATORS: dict[str, Builder] = {
    "logistic_regression": logistic_regression,
    "lightgbm": lightgbm,
    BLEND: blend,
}


def build(name: str, contract: FeatureContract) -> Classifier:
    """Make an unfitted estimator for the features of a contract."""
    return ESTIMATORS[name](contract.names("numeric"), contract.names("categorical"))


def _pipeline(numbers: Any, numeric: list[str], categorical: list[str], model: Any) -> Pipeline:
    encode = OneHotEncoder(
        handle_unknown="infrequent_if_exist", min_frequency=MIN_CATEGORY_ROWS, sparse_output=False
    )
    columns = ColumnTransformer(
        [("numbers", numbers, numeric), ("categories", encode, categorical)],
        verbose_feature_names_out=False,
    )
    # Plain arrays between the steps, or LightGBM would warn about names at every call.
    columns.set_output(transform="default")
    return Pipeline([("columns", columns), ("model", model)])
