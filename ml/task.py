"""What every ML task offers, so that training, gates, backtests and scoring are written once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol, runtime_checkable

import pandas as pd

from ml.artefact import Artefact
from ml.columns import AS_OF_DATE
from ml.feature_contract import FeatureContract
from warehouse.errors import ClienteleError
from warehouse.settings import Settings

EvaluationKind = Literal["holdout", "backtest", "backtest date"]
DecisionKind = Literal["first", "promoted", "kept"]


class NotEnoughData(ClienteleError):
    """The shop is too young or too small for the task; the message says by which rule."""


@dataclass(frozen=True)
class TrainingData:
    """What a task is trained on.

    `frame` holds every row that training or evaluation touches; `evaluate_at` the as-of date
    whose rows no evaluated model was fitted to; `details` what the task needs besides. `champion`
    is the model in force, for tasks whose new model takes over from it. `first_date` is the oldest
    day that the frame speaks of, where it has no as-of dates.
    """

    source_name: str
    contract: FeatureContract
    frame: pd.DataFrame
    evaluate_at: date
    details: dict[str, Any] = field(default_factory=dict)
    champion: Artefact | None = None
    first_date: date | None = None

    @property
    def oldest_date(self) -> date:
        """The oldest day that training looked at."""
        if self.first_date is not None:
            return self.first_date
        oldest: date = self.frame[AS_OF_DATE].min().date()
        return oldest


@dataclass(frozen=True)
class Evaluation:
    """One metric of one estimator beside one baseline, on rows that neither was fitted to.

    `gain_lower` and `gain_upper` are the ends of the 95% interval of `metric_value -
    baseline_value` on the same resamples, None where it was not measured.
    """

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
    gain_lower: float | None = None
    gain_upper: float | None = None
    evaluation_kind: EvaluationKind = "holdout"


@dataclass(frozen=True)
class Trained:
    """What training returns: the kept estimator, fitted, and how all of them did.

    `parameters` is what the version was fitted with, for the registry; `held_out` whatever the
    task needs to compare the kept recipe with a champion; `tables` further rows to store with the
    run, by table of ml.
    """

    model_name: str
    estimator: Any
    details: dict[str, Any]
    trained_as_of_date: date
    training_row_count: int
    evaluations: list[Evaluation]
    parameters: dict[str, Any] = field(default_factory=dict)
    held_out: Any = None
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """Whether a fitted model becomes the champion, and why: one sentence with numbers."""

    kind: DecisionKind
    reason: str


class Task(Protocol):
    """A model family. Adding one is a module with such a class and the contract of its table.

    `ml.supervised.SupervisedTask` is all of it for whatever has a label.
    """

    @property
    def name(self) -> str:
        """What the command line calls it."""

    @property
    def feature_model(self) -> str:
        """The dbt model that it reads."""

    @property
    def also_reads(self) -> tuple[str, ...]:
        """Other models of features that it reads: without them there is nothing to do yet."""
        return ()

    @property
    def score_table(self) -> str:
        """The table of ml that its scores are appended to."""

    @property
    def headline_metrics(self) -> tuple[str, ...]:
        """Metrics that the summary shows."""

    def load(
        self, settings: Settings, contract: FeatureContract, source: str, evaluate_at: date | None
    ) -> TrainingData:
        """Read what the task is trained on; raises NotEnoughData with the rule."""

    def train(self, data: TrainingData) -> Trained:
        """Choose, evaluate and fit. A pure function of the data."""

    def decide(self, champion: Artefact | None, data: TrainingData, trained: Trained) -> Decision:
        """Whether what was trained becomes the champion; the newest does, unless overridden."""
        if champion is None:
            return Decision("first", "first model")
        return Decision("promoted", f"{self.name} has no comparison: the newest model scores")

    def predict(self, artefact: Artefact, frame: pd.DataFrame) -> pd.DataFrame:
        """Score a feature frame: keys and the task's columns. A row depends on itself only."""

    def explain(
        self, artefact: Artefact, frame: pd.DataFrame, scores: pd.DataFrame
    ) -> pd.DataFrame:
        """Add reasons in words to scores of the same rows; nothing, unless overridden."""
        return scores

    def parameters(self) -> dict[str, Any]:
        """Whatever changes the result besides the data, for the fingerprint."""


@runtime_checkable
class LooksBack(Protocol):
    """What a task has besides whose scores depend on those of the scoring before."""

    @property
    def earlier_columns(self) -> tuple[str, ...]:
        """Columns of the scoring before that `settle` wants to see."""

    def settle(
        self, artefact: Artefact, frame: pd.DataFrame, scores: pd.DataFrame, earlier: pd.DataFrame
    ) -> pd.DataFrame:
        """Let scores of the frame depend on those of the scoring before.

        `earlier` has `earlier_columns`, with the customer as its index: one row each.
        """


@runtime_checkable
class ReadsItself(Protocol):
    """What a task has besides whose scores are not of one row per entity of an as-of date."""

    def newest_date(self, settings: Settings, artefact: Artefact) -> date | None:
        """The newest day as of which the shop can be scored, None where it has nothing."""

    def scoring_frames(
        self, settings: Settings, artefact: Artefact, as_of: date
    ) -> Iterator[pd.DataFrame]:
        """Yield what `predict` takes, in frames of bounded size that hold whole entities.

        Only what was known strictly before `as_of`. The same data come in the same frames.
        """
