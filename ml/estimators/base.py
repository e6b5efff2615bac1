"""What an estimator is: one class with a name, a recipe and, where it can be tuned, a space."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Kind = Literal["classification", "regression"]

SEED = 20260101


class Model(Protocol):
    """What training needs of a fitted estimator: scikit-learn's own interface.

    A classifier has `predict_proba(X)`, shape (rows, 2), and the second column is what counts; a
    regressor has `predict(X)`, shape (rows,). A regressor that knows how sure it is also has
    `predict_interval(X)`, shape (rows, 2): the lower and upper ends of its 80% interval. All of
    them are cloned with `sklearn.base.clone`, so their parameters are those of `__init__`.
    """

    def fit(self, X: pd.DataFrame, y: Any) -> Any:
        """Fit to a feature frame and an outcome per row."""


class Estimator(ABC):
    """A way to learn. Adding one is such a class and its entry in `ml.estimators.BUILT_IN`."""

    name: ClassVar[str]
    """What `ml.model_runs.model_name` says."""
    kind: ClassVar[Kind] = "classification"
    members: ClassVar[tuple[str, ...]] = ()
    """Names of estimators whose mean this one is: those are then fitted once for both."""
    columns: ClassVar[tuple[str, ...]] = ()
    """Features that it cannot do without, whatever their role in other estimators."""

    @abstractmethod
    def build(
        self, numeric: list[str], categorical: list[str], parameters: Mapping[str, Any]
    ) -> Model:
        """Make an unfitted model for these features.

        Args:
            numeric: names of numeric features, null where unknown.
            categorical: names of categorical features.
            parameters: what tuning chose, empty for the defaults.
        """

    def suggest(self, trial: Any) -> dict[str, Any]:
        """Draw parameters from the space that tuning looks in; none where there is no space."""
        return {}

    @property
    def can_be_tuned(self) -> bool:
        """Whether the class has a space of its own."""
        return type(self).suggest is not Estimator.suggest

    def is_available(self) -> bool:
        """Whether the libraries that it needs are installed: optional extras may not be."""
        return True


def is_plain(model: Any, rows: Any) -> bool:
    """Whether rows are an array as wide as what a model was fitted to: no need to look closer."""
    return isinstance(rows, np.ndarray) and rows.shape[1:] == (model.n_features_in_,)


def predicted(model: Any, frame: pd.DataFrame, kind: Kind) -> NDArray[np.float64]:
    """Prediction per row, shape (rows,): a probability or a number. The only way to one.

    Batch and online scoring, evaluation and the gate all come through here.
    """
    if kind == "classification":
        probability: NDArray[np.float64] = model.predict_proba(frame)[:, 1].astype(np.float64)
        return probability
    number: NDArray[np.float64] = np.asarray(model.predict(frame), dtype=np.float64)
    return number


def predicted_interval(model: Any, frame: pd.DataFrame) -> NDArray[np.float64] | None:
    """Ends of the 80% interval per row, shape (rows, 2), or None where the model has none."""
    if not hasattr(model, "predict_interval"):
        return None
    ends: NDArray[np.float64] = np.asarray(model.predict_interval(frame), dtype=np.float64)
    return ends
