"""Churn: the probability of no purchase within the horizon, for shops without contracts.

Protocol: the estimators are fitted to as-of dates whose label windows closed on or before the
evaluation date, chosen among by the same kind of split further back (in a shop too young for that,
by cross-validation over its customers), and measured once on the evaluation date. The kept one is
then fitted again to every date whose window is over.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field
from sklearn.model_selection import GroupKFold

from ml import estimators, metrics
from ml.artefact import Artefact
from ml.columns import (
    AS_OF_DATE,
    CHURN_PROBABILITY,
    CUSTOMER_ID,
    HORIZON_DAYS,
    IS_CHURNED,
    KEYS,
    LABEL_END_DATE,
)
from ml.estimators import Classifier
from ml.feature_contract import FeatureContract
from ml.frames import as_of_dates, training_frame
from ml.metrics import METRICS, Bools, Floats
from ml.task import Evaluation, NotEnoughData, Trained, TrainingData
from warehouse.errors import ClienteleError
from warehouse.settings import Settings

BASELINES = {
    "recency alone": ["days_since_last_order"],
    "order count alone": ["order_count"],
}
BASE_RATE = "base rate"
TRAINING_DATES = "training_dates"


class ChurnConfig(BaseModel):
    """Rules of the churn task."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    estimators: tuple[str, ...] = ("logistic_regression", "lightgbm", "blend")
    training_dates: int = Field(default=12, ge=1)
    """How many of the newest as-of dates are learned from: a year of months sees every season."""
    folds: int = Field(default=5, ge=2)
    validation_dates: int = Field(default=3, ge=1)
    """How many of the newest training dates the choice of the estimator looks at."""
    min_class_rows: int = Field(default=50, ge=2)
    """Churned and retained rows that training needs each, below which a model is noise."""
    resamples: int = Field(default=metrics.RESAMPLES, ge=100)


class Churn:
    """The churn task, see the module."""

    name: ClassVar[str] = "churn"
    feature_model: ClassVar[str] = "ftr_customers"
    score_table: ClassVar[str] = "ml.customer_churn_scores"
    headline_metrics: ClassVar[tuple[str, ...]] = ("roc_auc", "brier_score")

    def __init__(self, config: ChurnConfig | None = None) -> None:
        self.config = config or ChurnConfig()

    def parameters(self) -> dict[str, Any]:
        """The configuration."""
        return self.config.model_dump()

    def load(
        self, settings: Settings, contract: FeatureContract, source: str, evaluate_at: date | None
    ) -> TrainingData:
        """Read every closed as-of date with at least one horizon of history before it.

        Raises:
            NotEnoughData: no date can be evaluated, or none can be learned from before it.
            ClienteleError: there is no closed as-of date `evaluate_at`.
        """
        dates = learnable_dates(as_of_dates(settings, source), source)
        evaluated = _evaluation_date(dates, evaluate_at, source)
        _training_dates(dates, evaluated, source)
        days = self._days(dates, evaluated)
        frame = training_frame(settings, contract, source, days, IS_CHURNED)
        horizon = int(dates[HORIZON_DAYS].iloc[0])
        return TrainingData(
            source,
            contract,
            frame,
            evaluated,
            {HORIZON_DAYS: horizon, TRAINING_DATES: self.config.training_dates},
        )

    def _days(self, dates: pd.DataFrame, evaluated: date) -> list[date]:
        """The newest dates to learn from, as seen from the evaluation and as seen from today."""
        before = dates[dates[LABEL_END_DATE] <= pd.Timestamp(evaluated)][AS_OF_DATE]
        newest = dates[AS_OF_DATE]
        most = self.config.training_dates
        days = {*before.tail(most), *newest.tail(most), pd.Timestamp(evaluated)}
        return sorted(day.date() for day in days)

    def train(self, data: TrainingData) -> Trained:
        """Choose on held-out rows of the past, evaluate on the later date, fit to the newest.

        Raises:
            NotEnoughData: too few churned or retained customers to learn from.
        """
        past, later = split(data)
        _check_classes(past, later, self.config.min_class_rows, data.source_name)
        kept = self._choose(past, data.contract)
        evaluations = self._evaluate(past, later, kept, data)
        final = estimators.build(kept, data.contract)
        newest = newest_dates(data.frame, self.config.training_dates)
        final.fit(newest, _outcome(newest))
        return Trained(
            model_name=kept,
            estimator=final,
            details=dict(data.details),
            trained_as_of_date=data.frame[AS_OF_DATE].max().date(),
            training_row_count=len(newest),
            evaluations=evaluations,
        )

    def predict(self, artefact: Artefact, frame: pd.DataFrame) -> pd.DataFrame:
        """Give every customer of the frame a churn probability.

        Returns:
            Keys, `horizon_days` and `churn_probability` in (0, 1), row by row as the frame.
        """
        scores = frame[list(KEYS)].copy()
        scores[HORIZON_DAYS] = artefact.details[HORIZON_DAYS]
        scores[CHURN_PROBABILITY] = probability(artefact.estimator, frame)
        return scores

    def _choose(self, past: pd.DataFrame, contract: FeatureContract) -> str:
        """The estimator with the lowest mean log loss over the validation splits of the past."""
        splits = validation_splits(past, self.config)
        losses: dict[str, list[float]] = {name: [] for name in self.config.estimators}
        for fit, held in splits:
            for name, scores in self._candidates(fit, held, contract).items():
                losses[name].append(metrics.log_loss(_outcome(held), scores))
        return min(losses, key=lambda name: np.mean(losses[name]))

    def _candidates(
        self, fit: pd.DataFrame, held: pd.DataFrame, contract: FeatureContract
    ) -> dict[str, Floats]:
        """What every estimator, fitted to some rows, says of others."""
        single = [name for name in self.config.estimators if name != estimators.BLEND]
        wanted = dict.fromkeys([*single, *(estimators.BLEND_MEMBERS if self._has_blend else ())])
        scores = {
            name: probability(estimators.build(name, contract).fit(fit, _outcome(fit)), held)
            for name in wanted
        }
        if self._has_blend:
            # The mean of members that are fitted already: its own fit would be the same.
            members = [scores[name] for name in estimators.BLEND_MEMBERS]
            scores[estimators.BLEND] = np.mean(members, axis=0)
        return {name: scores[name] for name in self.config.estimators}

    @property
    def _has_blend(self) -> bool:
        return estimators.BLEND in self.config.estimators

    def _evaluate(
        self, past: pd.DataFrame, later: pd.DataFrame, kept: str, data: TrainingData
    ) -> list[Evaluation]:
        references = baseline_probabilities(past, later)
        candidates = self._candidates(past, later, data.contract)
        protocol = describe_protocol(data)
        return [
            replace(row, is_champion=name == kept, protocol=protocol)
            for name, scores in candidates.items()
            for row in self._compare(name, scores, references, later)
        ]

    def _compare(
        self, name: str, scores: Floats, references: dict[str, Floats], later: pd.DataFrame
    ) -> list[Evaluation]:
        outcome = _outcome(later)
        rows = []
        for metric_name, metric in METRICS.items():
            estimate = metrics.bootstrap(
                metric, outcome, scores, estimators.SEED, self.config.resamples
            )
            rows += [
                Evaluation(
                    model_name=name,
                    is_champion=False,
                    metric_name=metric_name,
                    metric_value=estimate.value,
                    ci_lower=estimate.lower,
                    ci_upper=estimate.upper,
                    baseline_name=baseline_name,
                    baseline_value=metric(outcome, baseline),
                    protocol="",
                    evaluated_as_of_date=later[AS_OF_DATE].iloc[0].date(),
                    sample_count=len(later),
                )
                for baseline_name, baseline in references.items()
            ]
        return rows


def probability(model: Classifier, frame: pd.DataFrame) -> Floats:
    """Probability of churn per row, shape (rows,). The only way from a model to a number."""
    scores: Floats = model.predict_proba(frame)[:, 1].astype(np.float64)
    return scores


def split(data: TrainingData) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows to learn from, whose windows closed by the evaluation date, and rows to evaluate on."""
    evaluated = pd.Timestamp(data.evaluate_at)
    closed = data.frame[data.frame[LABEL_END_DATE] <= evaluated]
    past = newest_dates(closed, int(data.details[TRAINING_DATES]))
    return past, data.frame[data.frame[AS_OF_DATE] == evaluated]


def newest_dates(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """Rows of the newest as-of dates of a frame."""
    kept = sorted(frame[AS_OF_DATE].unique())[-most:]
    return frame[frame[AS_OF_DATE].isin(kept)]


def validation_splits(
    past: pd.DataFrame, config: ChurnConfig
) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """Splits of the past into rows to fit and rows to hold out, newest first.

    A held-out date is preceded by dates whose windows had closed by then, as at evaluation. Where
    no date is, folds of customers are held out instead: never of rows, since the windows of one
    customer overlap.
    """
    forward = []
    for day in sorted(past[AS_OF_DATE].unique(), reverse=True)[: config.validation_dates]:
        fit, held = past[past[LABEL_END_DATE] <= day], past[past[AS_OF_DATE] == day]
        if all(_smallest_class(part) >= config.min_class_rows for part in (fit, held)):
            forward.append((fit, held))
    if forward:
        return forward
    folds = GroupKFold(config.folds).split(past, groups=past[CUSTOMER_ID])
    return [(past.iloc[fit], past.iloc[held]) for fit, held in folds]


def baseline_probabilities(past: pd.DataFrame, later: pd.DataFrame) -> dict[str, Floats]:
    """What simple rules say of the evaluated rows, each fitted to the same past."""
    constant = np.full(len(later), float(_outcome(past).mean()))
    fitted = {
        name: probability(
            estimators.logistic_regression(columns, []).fit(past, _outcome(past)), later
        )
        for name, columns in BASELINES.items()
    }
    return {**fitted, BASE_RATE: constant}


def learnable_dates(dates: pd.DataFrame, source: str) -> pd.DataFrame:
    """As-of dates with a closed window and at least one horizon of history.

    Raises:
        NotEnoughData: there is none.
    """
    closed = dates[dates["is_label_complete"] & (dates["history_days"] >= dates[HORIZON_DAYS])]
    if closed.empty:
        raise NotEnoughData(
            f"churn of {source} needs at least two horizons of orders "
            "(one to describe customers by, one to see what they did)"
        )
    return closed


def describe_protocol(data: TrainingData) -> str:
    """The split in words, for the evaluations table."""
    past, _ = split(data)
    days = [f"{day:%Y-%m-%d}" for day in sorted(past[AS_OF_DATE].unique())]
    return (
        f"fitted to {len(past)} customer rows of {len(days)} as-of dates "
        f"({days[0]} to {days[-1]}), all with windows closed by {data.evaluate_at}; "
        f"measured on all customers as of {data.evaluate_at}, purchases of the "
        f"{data.details[HORIZON_DAYS]} days from then on; "
        "estimator chosen on held-out rows of the former"
    )


def _outcome(frame: pd.DataFrame) -> Bools:
    return frame[IS_CHURNED].to_numpy(dtype=bool)


def _evaluation_date(dates: pd.DataFrame, asked: date | None, source: str) -> date:
    known = [day.date() for day in dates[AS_OF_DATE]]
    if asked is None:
        newest: date = known[-1]
        return newest
    if asked not in known:
        raise ClienteleError(
            f"{source} has no features and closed label window as of {asked}: add the date to the "
            "var extra_as_of_dates and run 'clientele build', or choose one of "
            + ", ".join(day.isoformat() for day in known[-5:])
        )
    return asked


def _training_dates(dates: pd.DataFrame, evaluated: date, source: str) -> None:
    if not (dates[LABEL_END_DATE] <= pd.Timestamp(evaluated)).any():
        raise NotEnoughData(
            f"churn of {source} cannot be evaluated as of {evaluated}: no earlier as-of date had "
            "its window closed by then; it takes about three horizons of orders"
        )


def _smallest_class(frame: pd.DataFrame) -> int:
    churned = int(_outcome(frame).sum())
    return min(churned, len(frame) - churned)


def _check_classes(past: pd.DataFrame, later: pd.DataFrame, needed: int, source: str) -> None:
    for frame, what in ((past, "learn from"), (later, "evaluate on")):
        if _smallest_class(frame) < needed:
            churned = int(_outcome(frame).sum())
            raise NotEnoughData(
                f"churn of {source} has {churned} churned and {len(frame) - churned} retained "
                f"rows to {what}; it needs {needed} of each"
            )
