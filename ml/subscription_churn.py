"""Subscription churn: the probability that a contract ends within the horizon.

Two kinds of sources. Where subscriptions have dates, the protocol is that of shops: learned from
as-of dates whose windows have closed, measured on a later one. A snapshot has no time: its
subscribers are held out in repeated folds, and in every fold the estimator is chosen, and
calibrated, within the rows that the fold learns from: the reported number was not selected.

What is too good is taken for a leak, see `ml.leaks`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from ml import calibration, leaks
from ml.artefact import Artefact
from ml.columns import (
    AS_OF_DATE,
    CHURN_PROBABILITY,
    CONTRACT_NAME,
    IS_CHURNED,
    LABEL_END_DATE,
    SUBSCRIPTION_ID,
    TENURE_MONTHS,
)
from ml.estimators import predicted
from ml.explain import with_reasons
from ml.feature_contract import FeatureContract
from ml.heldout import HeldOut
from ml.metrics import Floats
from ml.splits import CustomerFolds, ForwardSplits, Split, Usable
from ml.supervised import RAW_SUFFIX, Baseline, Label, Recipe, SupervisedConfig, SupervisedTask
from ml.task import NotEnoughData, Trained, TrainingData

FIXED_SUFFIX = ", in every fold"
"""Marks the kept estimator used in every fold, beside the choice made anew in each."""
AUC = "roc_auc"


def is_snapshot(rows: pd.DataFrame) -> bool:
    """Whether outcomes lie before the day that describes them: a snapshot, and no forecast."""
    return bool((rows[LABEL_END_DATE] <= rows[AS_OF_DATE]).all())


class SubscriptionSplits(ForwardSplits):
    """Forward in time where there is time; folds of subscribers where there is one snapshot."""

    snapshot: CustomerFolds = CustomerFolds()
    choice_folds: int = Field(default=2, ge=1)
    """Folds of the rows to learn from that the choice of an estimator holds out, in a snapshot."""

    def dates(
        self, spine: pd.DataFrame, asked: date | None, task: str, source: str
    ) -> tuple[list[date], date]:
        """Return the as-of dates to read and the one to evaluate at.

        Raises:
            NotEnoughData: no date can be evaluated or learned from.
            ClienteleError: there is no closed as-of date `asked`.
        """
        if spine.empty:
            raise NotEnoughData(f"{task} of {source}: no subscription says when it started")
        if is_snapshot(spine):
            return self.snapshot.dates(spine, asked, task, source)
        return super().dates(spine, asked, task, source)

    def backtest_dates(self, spine: pd.DataFrame, task: str, source: str) -> list[date]:
        """Return every date that can be evaluated.

        Raises:
            NotEnoughData: there is none; a snapshot has no past.
        """
        if not spine.empty and is_snapshot(spine):
            raise NotEnoughData(
                f"{task} of {source} has no past dates to test at: it is one snapshot, measured "
                f"on {self.snapshot.repeats} times {self.snapshot.folds} folds of subscribers"
            )
        return super().backtest_dates(spine, task, source)

    def parts(self, data: TrainingData) -> list[Split]:
        """All folds of all repeats, or the past and rows of the evaluation date."""
        if is_snapshot(data.frame):
            return self.snapshot.parts(data)
        return super().parts(data)

    def choosing(self, data: TrainingData) -> pd.DataFrame:
        """Rows that the final choice may look at."""
        if is_snapshot(data.frame):
            return self.snapshot.choosing(data)
        return super().choosing(data)

    def newest(self, data: TrainingData) -> pd.DataFrame:
        """Rows that the model that scores is fitted to."""
        if is_snapshot(data.frame):
            return self.snapshot.newest(data)
        return super().newest(data)

    def validation(
        self, past: pd.DataFrame, entity: str, label: str, usable: Usable
    ) -> list[Split]:
        """Splits of rows to learn from that choices are made on."""
        if is_snapshot(past):
            return self.snapshot.validation(past, entity, label, usable)[: self.choice_folds]
        return super().validation(past, entity, label, usable)

    def describe(self, data: TrainingData, label: str) -> str:
        """The split in words, for the evaluations table."""
        if not is_snapshot(data.frame):
            return super().describe(data, label)
        folds = self.snapshot
        return (
            f"{folds.repeats} times {folds.folds} folds of the {len(data.frame)} subscribers of a "
            f"snapshot without dates, stratified by {label}: fitted to the other folds, mean of "
            f"the folds; the kept model's estimator and calibration were chosen anew in each, on "
            f"{self.choice_folds} folds of the rows that it was fitted to"
        )


class SubscriptionChurnConfig(SupervisedConfig):
    """Rules of the task."""

    blend_head_start: float = Field(default=0.001, ge=0)
    """Nats of log loss by which another estimator must beat the blend. The mean of probabilities is
    never worse than the mean loss of its members (log loss is convex), while a choice between
    members that differ by noise is a gamble."""
    compared: tuple[str, ...] = ("logistic_regression_smote",)
    """Further estimators that are measured on the same rows and never kept. Trees and forests can
    be asked for (docs/subscription_churn.md): they take as long as all the rest."""
    feature_auc_ceiling: float = Field(default=0.95, gt=0.5, le=1)
    """A single feature with a higher AUC is taken for a leak."""
    auc_ceilings: dict[str, float] = Field(default_factory=lambda: {"telco": 0.86})
    """By source: a model with a higher AUC is taken for a leak. On telco nobody who kept the label
    out of the features has got further (docs/subscription_churn.md)."""


def rate_by(column: str) -> Callable[[pd.DataFrame, pd.DataFrame], Floats]:
    """Return a baseline: the rate of churn among past rows with the same value of a column."""

    def baseline(past: pd.DataFrame, later: pd.DataFrame) -> Floats:
        churned = past[IS_CHURNED].astype("float64")
        rates = churned.groupby(past[column]).mean()
        said = later[column].map(rates).fillna(churned.mean())
        return np.asarray(said, dtype=np.float64)

    return baseline


class SubscriptionChurn(SupervisedTask):
    """The subscription churn task, see the module."""

    name = "subscription_churn"
    feature_model = "ftr_subscriptions"
    entity = SUBSCRIPTION_ID
    kind = "classification"
    label = Label(column=IS_CHURNED, words="churn", relation="features.lbl_subscriptions")
    score_table = "ml.subscription_churn_scores"
    output = CHURN_PROBABILITY
    headline_metrics = (AUC, "brier_score")
    loss = "log_loss"
    baselines: ClassVar[dict[str, Baseline]] = {
        "contract alone": rate_by(CONTRACT_NAME),
        "tenure alone": [TENURE_MONTHS],
    }
    defaults: ClassVar[SubscriptionChurnConfig] = SubscriptionChurnConfig(
        estimators=("logistic_regression", "lightgbm", "blend"),
        calibrations=("none", "sigmoid", "isotonic"),
        split=SubscriptionSplits(),
        # Fifteen parts are measured per resample.
        resamples=200,
    )
    config: SubscriptionChurnConfig

    def __init__(self, config: SubscriptionChurnConfig | None = None) -> None:
        super().__init__(config)

    def parameters(self) -> dict[str, Any]:
        """The configuration."""
        return {**super().parameters(), "split": self.config.split.model_dump()}

    def train(self, data: TrainingData) -> Trained:
        """Choose, evaluate and fit, unless the data say more than they can know.

        Raises:
            LeakSuspected: a feature or the model is too good to be true.
            NotEnoughData: too few rows, of either outcome, to learn from or to evaluate on.
        """
        whose = f"{self.name} of {data.source_name}"
        alone = self._single_features(data)
        leaks.check_single_features(alone, self.config.feature_auc_ceiling, whose)
        trained = super().train(data)
        reached = next(
            row.metric_value
            for row in trained.evaluations
            if row.is_champion and row.metric_name == AUC
        )
        ceiling = self.config.auc_ceilings.get(data.source_name, 1.0)
        leaks.check_model(reached, ceiling, alone, whose)
        return trained

    def explain(
        self, artefact: Artefact, frame: pd.DataFrame, scores: pd.DataFrame
    ) -> pd.DataFrame:
        """Add the three strongest reasons of each subscription, see `ml.explain`."""
        return with_reasons(artefact.estimator, artefact.contract, frame, scores)

    def _single_features(self, data: TrainingData) -> dict[str, float]:
        """AUC of each feature alone, as of the evaluation date."""
        rows = data.frame[data.frame[AS_OF_DATE] == pd.Timestamp(data.evaluate_at)]
        contract = data.contract
        return leaks.single_feature_aucs(
            rows,
            rows[IS_CHURNED].to_numpy(dtype=bool),
            contract.names("numeric"),
            contract.names("categorical"),
        )

    def _hold_out_part(
        self, fit: pd.DataFrame, held: pd.DataFrame, contract: FeatureContract, recipe: Recipe
    ) -> HeldOut:
        """In a snapshot, what is kept is chosen anew within the rows of each part."""
        part = super()._hold_out_part(fit, held, contract, recipe)
        said = {**part.predictions, **self._compared(fit, held, contract)}
        if is_snapshot(fit):
            chosen = self._said_by(self.choose(fit, contract), part, fit, contract, recipe)
            fixed = part.predictions[recipe.estimator]
            said |= {recipe.estimator + FIXED_SUFFIX: fixed, recipe.estimator: chosen}
        return replace(part, predictions=said)

    def _compared(
        self, fit: pd.DataFrame, held: pd.DataFrame, contract: FeatureContract
    ) -> dict[str, Floats]:
        """What estimators say that no choice looks at."""
        return {
            name: predicted(self._fit_raw(self.recipe(name), fit, contract), held, self.kind)
            for name in self.config.compared
        }

    def _mean_loss(
        self, name: str, parts: list[dict[str, Floats]], outcomes: list[NDArray[Any]]
    ) -> float:
        head_start = self.config.blend_head_start if name == "blend" else 0.0
        return super()._mean_loss(name, parts, outcomes) - head_start

    def _said_by(
        self,
        chosen: Recipe,
        part: HeldOut,
        fit: pd.DataFrame,
        contract: FeatureContract,
        kept: Recipe,
    ) -> Floats:
        """What the recipe chosen in a part says of its rows; the model is fitted already."""
        is_kept = chosen.estimator == kept.estimator
        if is_kept and chosen.calibration == kept.calibration:
            return part.named(chosen.estimator)
        raw = chosen.estimator + (RAW_SUFFIX if is_kept and kept.calibration != "none" else "")
        if chosen.calibration == "none":
            return part.named(raw)
        past = self._validated(chosen, fit, contract)
        calibrator = calibration.fit_calibrator(
            chosen.calibration, past.named(chosen.estimator), past.outcome
        )
        said: Floats = calibrator.predict(part.named(raw))
        return said
