"""From feature columns to numbers: what the estimators share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

# A category that fewer rows have tells more about those rows than about customers to come.
MIN_CATEGORY_ROWS = 50


def signed_log(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """sign(x) * ln(1 + |x|): counts and amounts are skewed, and refunds can be negative."""
    logged: NDArray[np.float64] = np.sign(values) * np.log1p(np.abs(values))
    return logged


def logged_numbers() -> Pipeline:
    """Numbers logged and scaled; null is its own indicator."""
    return Pipeline(
        [
            ("impute", SimpleImputer(add_indicator=True, keep_empty_features=True)),
            ("log", FunctionTransformer(signed_log)),
            ("scale", StandardScaler()),
        ]
    )


def feature_pipeline(
    numbers: Any, numeric: list[str], categorical: list[str], model: Any
) -> Pipeline:
    """Make a pipeline from a feature frame to what a model says.

    Args:
        numbers: a transformer of the numeric features, or "passthrough".
        numeric: names of numeric features.
        categorical: names of categorical features, one column per value in the end.
        model: an unfitted scikit-learn estimator.

    Returns:
        Steps `columns` and `model`.
    """
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
