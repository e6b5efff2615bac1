"""From the features of a request to the frame that a model was fitted on, or what is wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from ml.columns import AS_OF_DATE, SOURCE_NAME
from ml.feature_contract import FeatureContract

Fault = tuple[str, str]
"""A field and what is wrong with it."""
MOST_CHARACTERS = 500


def faults(given: Mapping[str, Any], contract: FeatureContract) -> list[Fault]:
    """Return what is wrong with the features of one entity, field by field.

    Every feature must be there, and may be null where it is unknown: a feature that was left out by
    mistake would otherwise be a prediction that nobody meant.
    """
    kinds = contract.kinds
    found: list[Fault] = [
        (
            name,
            "no feature of this model: GET its metadata for those that are",
        )
        for name in given
        if name not in kinds
    ]
    for name, kind in kinds.items():
        if name not in given:
            found.append((name, "missing: give its value, or null where it is unknown"))
        elif problem := _problem(given[name], kind):
            found.append((name, problem))
    return found


def _problem(value: Any, kind: str) -> str | None:
    if value is None or (type(value) is float and kind == "numeric" and math.isfinite(value)):
        return None
    if kind == "categorical":
        if not isinstance(value, str):
            return "must be a text or null"
        return None if len(value) <= MOST_CHARACTERS else f"longer than {MOST_CHARACTERS}"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return "must be a number or null"
    try:
        return None if math.isfinite(float(value)) else "must be finite"
    except OverflowError:
        return "must be finite"


def frame_of(
    rows: Sequence[Mapping[str, Any]], contract: FeatureContract, as_of: date, source: str
) -> pd.DataFrame:
    """Make the frame that `task.predict` takes: keys and features, row by row as given.

    The entity's key is the number of the row: what answers belong to is found by it.
    """
    columns: dict[str, Any] = {
        key: [str(number) for number in range(len(rows))] for key in contract.keys
    }
    columns[AS_OF_DATE] = pd.DatetimeIndex([as_of]).repeat(len(rows))
    columns[SOURCE_NAME] = [source] * len(rows)
    for feature in contract.features:
        values = [row[feature.name] for row in rows]
        is_numeric = feature.kind == "numeric"
        columns[feature.name] = (
            pd.Series(values, dtype="float64") if is_numeric else pd.Series(values, dtype="str")
        )
    return pd.DataFrame(columns)
