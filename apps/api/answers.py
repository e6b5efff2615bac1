"""From feature rows to answers: what a task says of them, as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from math import isnan
from typing import Any

import numpy as np
import pandas as pd

from apps.api.features import frame_of
from apps.api.served import Served
from ml.columns import CHURN_PROBABILITY, HORIZON_DAYS, HORIZON_MONTHS
from ml.estimators import predicted
from ml.estimators.columns import FeatureRows, takes_rows
from ml.risk import RISK_BAND, RiskBands
from ml.supervised import SupervisedTask

Row = Mapping[str, Any]
Answer = dict[str, Any]

ORDER_COUNT = "order_count"
NEVER_ORDERED = "no order before as_of_date: nothing is known of a customer who never bought"
COLD_REASON = "cold_reason"


def predict_rows(
    served: Served, as_of: date, rows: Sequence[Row], bands: RiskBands
) -> list[Answer]:
    """Predict feature rows with the served model; one answer per row, in their order.

    A customer without an order has null predictions and the reason: the documented cold answer.
    """
    known = [number for number, row in enumerate(rows) if not is_cold(row)]
    said = _said(served, as_of, [rows[number] for number in known]) if known else []
    head = _head(served, as_of)
    nothing = dict.fromkeys(_outputs(served))
    answers = [{**head, **nothing, COLD_REASON: NEVER_ORDERED} for _ in rows]
    for number, answer in zip(known, said, strict=True):
        answers[number] = {**head, **answer, COLD_REASON: None}
    if CHURN_PROBABILITY in nothing:
        _add_bands(answers, bands)
    return answers


def is_cold(row: Row) -> bool:
    """Whether the features are those of somebody who never ordered."""
    return ORDER_COUNT in row and not row[ORDER_COUNT]


def probabilities(served: Served, as_of: date, rows: Sequence[Row]) -> list[float]:
    """The probability of each row, by the function that the batch job calls on the same model."""
    artefact = served.artefact
    if takes_rows(artefact.estimator):
        features: Any = FeatureRows(rows)
    else:
        features = frame_of(rows, artefact.contract, as_of, artefact.source_name)
    found: list[float] = predicted(artefact.estimator, features, "classification").tolist()
    return found


def _said(served: Served, as_of: date, rows: Sequence[Row]) -> list[Answer]:
    task, artefact = served.task, served.artefact
    if isinstance(task, SupervisedTask) and task.kind == "classification":
        horizon = artefact.details.get(HORIZON_DAYS)
        return [
            {HORIZON_DAYS: horizon, task.output: value}
            for value in probabilities(served, as_of, rows)
        ]
    frame = frame_of(rows, artefact.contract, as_of, artefact.source_name)
    return _by_entity(task.predict(artefact, frame), artefact.contract.keys)


def _outputs(served: Served) -> list[str]:
    output = getattr(served.task, "output", None)
    return [output] if output else []


def _head(served: Served, as_of: date) -> Answer:
    artefact = served.artefact
    return {
        "source": artefact.source_name,
        "as_of_date": as_of.isoformat(),
        "model_name": artefact.model_name,
        "model_version": artefact.model_version,
    }


def _add_bands(answers: list[Answer], bands: RiskBands) -> None:
    known = [answer for answer in answers if answer[CHURN_PROBABILITY] is not None]
    found = bands.of([answer[CHURN_PROBABILITY] for answer in known])
    for answer in answers:
        answer[RISK_BAND] = None
    for answer, band in zip(known, found, strict=True):
        answer[RISK_BAND] = band


def _by_entity(scores: pd.DataFrame, keys: Sequence[str]) -> list[Answer]:
    """What was said of each entity; several rows of one, such as months, become a list."""
    columns = {name: plain(scores[name]) for name in scores.columns if name not in keys}
    rows = [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]
    if HORIZON_MONTHS not in scores:
        return rows
    entity = next(key for key in keys if key.endswith("_id"))
    found: dict[str, list[Answer]] = {}
    for name, row in zip(scores[entity], rows, strict=True):
        found.setdefault(name, []).append(row)
    return [{"months": found[key]} for key in sorted(found, key=int)]


def plain(column: pd.Series) -> list[Any]:
    """A column as what JSON knows: unknown is null, days are text."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind == "f":
        return [None if isnan(value) else value for value in column.tolist()]
    return [_plain(value) for value in column.tolist()]


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, datetime):
        is_day = value.time() == datetime.min.time()
        return value.date().isoformat() if is_day else value.isoformat()
    return value.isoformat() if isinstance(value, date) else value
