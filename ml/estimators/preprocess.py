"""From feature columns to numbers: what the estimators share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from ml.estimators.columns import CATEGORIES, NUMBERS, FeatureColumns, compiled

# A category that fewer rows have tells more about those rows than about customers to come.
MIN_CATEGORY_ROWS = 50
# Names of columns lead back to their feature: names of features are words of SQL and hold no "=".
OF_FEATURE = "="
INDICATOR = "missingindicator_"


class FeaturePipeline(Pipeline):  # type: ignore[misc] # scikit-learn has no types
    """A `Pipeline` that predicts step by step, without asking each at every call what it takes."""

    def predict_proba(self, X: Any, **params: Any) -> NDArray[np.float64]:
        """Probabilities of a feature frame or of `FeatureRows`, shape (rows, classes)."""
        if params:
            found: NDArray[np.float64] = super().predict_proba(X, **params)
            return found
        rows = X
        for _, step in self.steps[:-1]:
            arithmetic = compiled(step)
            rows = step.transform(rows) if arithmetic is None else arithmetic(rows)
        probabilities: NDArray[np.float64] = self.steps[-1][1].predict_proba(rows)
        return probabilities


def signed_log(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """sign(x) * ln(1 + |x|): counts and amounts are skewed, and refunds can be negative."""
    logged: NDArray[np.float64] = np.sign(values) * np.log1p(np.abs(values))
    return logged


def logged_numbers() -> Pipeline:
    """Numbers logged and scaled; null is its own indicator."""
    return Pipeline(
        [
            ("impute", SimpleImputer(add_indicator=True, keep_empty_features=True)),
            ("log", FunctionTransformer(signed_log, feature_names_out="one-to-one")),
            ("scale", StandardScaler()),
        ]
    )


def known_numbers() -> SimpleImputer:
    """Numbers with the median where they are null, and that as an indicator."""
    return SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)


def value_column(feature: str, value: str) -> str:
    """Name of the column that says whether a categorical feature has a value."""
    return f"{feature}{OF_FEATURE}{value}"


def feature_of(column: str) -> str:
    """The feature that a column of a fitted pipeline was made from."""
    return column.removeprefix(INDICATOR).partition(OF_FEATURE)[0]


def feature_pipeline(  # noqa: PLR0913 - two of them are for few
    numbers: Any,
    numeric: list[str],
    categorical: list[str],
    model: Any,
    between: Sequence[tuple[str, Any]] = (),
    make: Callable[[list[tuple[str, Any]]], Any] = FeaturePipeline,
) -> Any:
    """Make a pipeline from a feature frame to what a model says.

    Args:
        numbers: a transformer of the numeric features, or "passthrough".
        numeric: names of numeric features.
        categorical: names of categorical features, one column per value in the end.
        model: an unfitted scikit-learn estimator.
        between: steps between the two.
        make: the class of the pipeline; imbalanced-learn has one that samples while it fits.

    Returns:
        Steps `columns`, those of `between`, and `model`.
    """
    encode = OneHotEncoder(
        handle_unknown="infrequent_if_exist",
        min_frequency=MIN_CATEGORY_ROWS,
        sparse_output=False,
        feature_name_combiner=value_column,
    )
    columns = FeatureColumns(
        [(NUMBERS, numbers, numeric), (CATEGORIES, encode, categorical)],
        verbose_feature_names_out=False,
    )
    # Plain arrays between the steps, or LightGBM would warn about names at every call.
    columns.set_output(transform="default")
    return make([("columns", columns), *between, ("model", model)])
