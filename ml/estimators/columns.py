"""The first step of every pipeline: columns of a feature frame to one array, without ceremony.

scikit-learn's `ColumnTransformer` spends milliseconds on selecting, checking and naming columns at
every call, whether a frame has one row or a million. One row at a time is how an API predicts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

Floats = NDArray[np.float64]
Step = Callable[[Floats], Floats]
NUMBERS, CATEGORIES = "numbers", "categories"
MOST_KNOWN = 10_000
"""Combinations of categories that are kept encoded."""
_MADE = "_made_of_fit"


class FeatureRows:
    """A few rows of features as they come in a request: what a frame costs is saved.

    Models take it in the place of a frame as long as their pipelines begin with `FeatureColumns`.
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Keep rows of feature names and values, None where a value is unknown."""
        self._rows = rows
        self._blocks: dict[tuple[str, ...], Floats] = {}

    def __len__(self) -> int:
        """Number of rows."""
        return len(self._rows)

    def numbers(self, names: Sequence[str]) -> Floats:
        """Values of numeric features, shape (rows, names), NaN where unknown."""
        key = tuple(names)
        if key not in self._blocks:
            values = [[row[name] for name in names] for row in self._rows]
            self._blocks[key] = np.array(values, dtype=np.float64).reshape(len(values), len(names))
        return self._blocks[key]

    def frame(self) -> pd.DataFrame:
        """All of it as a frame, for steps that want one."""
        return pd.DataFrame(list(self._rows))

    def texts(self, names: Sequence[str]) -> pd.DataFrame:
        """Values of categorical features as a frame of text."""
        return pd.DataFrame(
            {name: pd.Series([row[name] for row in self._rows], dtype="str") for name in names}
        )

    def keys(self, names: Sequence[str]) -> list[tuple[Any, ...]]:
        """Values of categorical features, one tuple per row."""
        return [tuple(row[name] for name in names) for row in self._rows]


class FeatureColumns(ColumnTransformer):  # type: ignore[misc] # scikit-learn has no types
    """A `ColumnTransformer` of numbers and categories whose `transform` is as quick as its steps.

    Fitting is scikit-learn's. Transforming does the arithmetic of the fitted steps on one array:
    the same operations in the same order, so the same bits. A step that is not known here is left
    to scikit-learn.
    """

    def transform(self, X: pd.DataFrame | FeatureRows, **params: Any) -> Any:
        """Transform a frame, or rows, with the columns of the fit, shape (rows, columns out)."""
        made = self._made()
        if made is None or params:
            return super().transform(X.frame() if isinstance(X, FeatureRows) else X, **params)
        numeric, numbers, categorical = made
        parts = []
        if numeric:
            parts.append(numbers(_block(X, numeric)))
        if categorical:
            parts.append(self._encoded(X, categorical))
        return np.hstack(parts)

    def _made(self) -> tuple[list[str], Step, list[str]] | None:
        """What a transform needs, worked out once after the fit."""
        fitted = self.__dict__.get("transformers_")
        known = self.__dict__.get(_MADE)
        if known is None or known[0] is not fitted:
            known = (fitted, self._make(), {})
            setattr(self, _MADE, known)
        found: tuple[list[str], Step, list[str]] | None = known[1]
        return found

    def _make(self) -> tuple[list[str], Step, list[str]] | None:
        named = {name: (step, columns) for name, step, columns in self.transformers_}
        if set(named) - {NUMBERS, CATEGORIES, "remainder"}:
            return None
        numbers, numeric = named.get(NUMBERS, ("passthrough", []))
        step = compiled(numbers) if numeric else _same
        if step is None or named.get("remainder", ("drop", []))[0] != "drop":
            return None
        return list(numeric), step, list(named.get(CATEGORIES, (None, []))[1])

    def _encoded(self, rows: pd.DataFrame | FeatureRows, names: list[str]) -> Floats:
        encoder = self.named_transformers_[CATEGORIES]
        if isinstance(rows, pd.DataFrame):
            return _encoded_once(encoder, rows[names])
        # Few combinations come again and again.
        known: dict[tuple[Any, ...], Floats] = self.__dict__[_MADE][2]
        keys = rows.keys(names)
        new = {key: number for number, key in enumerate(keys) if key not in known}
        if new and len(known) > MOST_KNOWN:
            known.clear()
            new = {key: number for number, key in enumerate(keys)}
        if new:
            found = encoder.transform(rows.texts(names).iloc[list(new.values())])
            known.update(zip(new, found, strict=True))
        return np.vstack([known[key] for key in keys])

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what was worked out: it is made again after loading."""
        state: dict[str, Any] = super().__getstate__()
        return {name: value for name, value in state.items() if name != _MADE}


def compiled(step: Any) -> Step | None:
    """Return the arithmetic of a fitted step on an array, None where it is not known here."""
    if isinstance(step, str):
        return _same if step == "passthrough" else None
    if isinstance(step, Pipeline):
        steps = [compiled(part) for _, part in step.steps]
        return None if None in steps else _chain([part for part in steps if part is not None])
    if isinstance(step, SimpleImputer):
        return _imputing(step)
    if isinstance(step, StandardScaler):
        return _scaling(step)
    if isinstance(step, FunctionTransformer) and step.func is not None and not step.kw_args:
        function: Step = step.func
        return function
    # What ColumnTransformer makes of "passthrough" once it is fitted.
    return _same if isinstance(step, FunctionTransformer) and step.func is None else None


def _block(rows: pd.DataFrame | FeatureRows, names: list[str]) -> Floats:
    if isinstance(rows, FeatureRows):
        return rows.numbers(names)
    places = rows.columns.get_indexer(pd.Index(names))
    if places[0] >= 0 and (np.diff(places) == 1).all():
        # Columns that stand side by side are looked at as they lie; picked ones would be copied.
        return rows.iloc[:, places[0] : places[-1] + 1].to_numpy(dtype=np.float64)
    return rows[names].to_numpy(dtype=np.float64)


def _encoded_once(encoder: Any, texts: pd.DataFrame) -> Floats:
    """Encode each combination of categories once: a shop has few of them."""
    numbers = np.zeros(len(texts), dtype=np.int64)
    for name in texts.columns:
        codes, values = pd.factorize(texts[name], use_na_sentinel=False)
        numbers = numbers * len(values) + codes
    _, firsts, numbers = np.unique(numbers, return_index=True, return_inverse=True)
    encoded: Floats = encoder.transform(texts.iloc[firsts])
    return encoded[numbers]


def _same(values: Floats) -> Floats:
    return values


def _chain(steps: list[Step]) -> Step:
    def apply(values: Floats) -> Floats:
        for step in steps:
            values = step(values)
        return values

    return apply


def _imputing(step: SimpleImputer) -> Step | None:
    statistics = np.asarray(step.statistics_, dtype=np.float64)
    if np.isnan(statistics).any():
        return None
    flagged = step.indicator_.features_ if step.add_indicator else []

    def apply(values: Floats) -> Floats:
        unknown = np.isnan(values)
        filled = np.where(unknown, statistics, values)
        return np.hstack([filled, unknown[:, flagged]]) if len(flagged) else filled

    return apply


def _scaling(step: StandardScaler) -> Step:
    mean = step.mean_ if step.with_mean else 0.0
    scale = step.scale_ if step.with_std else 1.0

    def apply(values: Floats) -> Floats:
        scaled: Floats = (values - mean) / scale
        return scaled

    return apply


def takes_rows(model: Any) -> bool:
    """Whether a fitted model takes `FeatureRows`: all of its pipelines begin with our columns."""
    if isinstance(model, Pipeline):
        return isinstance(model.steps[0][1], FeatureColumns)
    members = getattr(model, "estimators_", None)
    if isinstance(members, list) and members:
        return all(takes_rows(member) for member in members)
    inner = getattr(model, "model", None)
    return inner is not None and takes_rows(inner)
