"""What every ML task offers, so that training and scoring are written once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Protocol

import pandas as pd

from ml.artefact import Artefact
from ml.feature_contract import FeatureContract
from warehouse.errors import ClienteleError
from warehouse.settings import Settings


class NotEnoughData(ClienteleError):
    """The shop is too young or too small for the task; the message says by which rule."""


@dataclass(frozen=True)
class TrainingData:
    """What a task is trained on.

    `frame` holds every row that training or evaluation touches; `evaluate_at` the as-of date
    whose rows no evaluated model was fitted to; `details` what the task needs besides.
    """

    source_name: str
    contract: FeatureContract
    frame: pd.DataFrame
    evaluate_at: date
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Evaluation:
    """One metric of one estimator beside one baseline, on rows that neither was fitted to."""

    model_name: str
    is_champion: bool
    metric_name: str
    metric_value: float
    ci_lower: float
    ci_upper: float
    baseline_name: str
    baseline_value: float
    protocol: str
    evaluated_as_of_date: date
    sample_count: int


@dataclass(frozen=True)
class Trained:
    """What training returns: the kept estimator, fitted, and how all of them did."""

    model_name: str
    estimator: Any
    details: dict[str, Any]
    trained_as_of_date: date
    training_row_count: int
    evaluations: list[Evaluation]


class Task(Protocol):
    """A model family. Adding one is a module with such a class and the contract of its table."""

    name: ClassVar[str]
    feature_model: ClassVar[str]
    score_table: ClassVar[str]
    headline_metrics: ClassVar[tuple[str, ...]]
    """Metrics that the summary shows."""

    def load(
        self, settings: Settings, contract: FeatureContract, source: str, evaluate_at: date | None
    ) -> TrainingData:
        """Read what the task is trained on; raises NotEnoughData with the rule."""

    def train(self, data: TrainingData) -> Trained:
        """Choose, evaluate and fit. A pure function of the data."""

    def predict(self, artefact: Artefact, frame: pd.DataFrame) -> pd.DataFrame:
        """Score a feature frame: keys and the task's columns, one row per row."""

    def parameters(self) -> dict[str, Any]:
        """Whatever changes the result besides the data, for the fingerprint."""
