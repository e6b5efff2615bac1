"""Any task with a label: load, choose, calibrate, evaluate, fit and predict, written once.

A task is a subclass of `SupervisedTask` that declares its table, label, estimators, metrics and
baselines; see `ml.churn`. Protocol: estimators are chosen among, and calibrated, on held-out rows
of the past; measured once on rows later than anything they were fitted to; and fitted again to the
newest rows, which is what scores.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from sklearn.base import clone

from ml import calibration, estimators, gate
from ml.artefact import Artefact
from ml.calibration import Calibrated, Method
from ml.columns import AS_OF_DATE, CUSTOMER_ID, HORIZON_DAYS
from ml.estimators import Kind, predicted, predicted_interval
from ml.feature_contract import FeatureContract
from ml.frames import LABELS, feature_dates, label_count, training_frame
from ml.gate import CHALLENGER, CHAMPION, Comparison, GateConfig
from ml.heldout import HeldOut, coverage, joined, measured
from ml.metrics import CLASSIFICATION, COVERAGE, REGRESSION, RESAMPLES, Floats, Measure
from ml.splits import ForwardSplits, Split, SplitRule
from ml.task import Decision, Evaluation, EvaluationKind, NotEnoughData, Trained, TrainingData
from warehouse.settings import Settings

Baseline = Sequence[str] | Callable[[pd.DataFrame, pd.DataFrame], Floats]
"""Columns that a logistic regression gets alone, or a function of (past rows, later rows)."""

BASE = {"classification": "base rate", "regression": "mean of the past"}
NOMINAL = "nominal"
NOMINAL_COVERAGE = 0.8
RAW_SUFFIX = ", not calibrated"
CALIBRATION = "calibration"
LABEL = "label"
LEFT_OUT = "left_out_features"
"""Under this name artefacts say which features of the contract were null in all of their rows."""
SHARE = "customer_share"
"""Under this name artefacts and runs say what share of the customers training read, if not all."""


class Label(BaseModel):
    """Where the outcome stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    words: str
    """What it is, for protocols: "purchases"."""
    relation: str = LABELS
    has_window: bool = True
    """Whether the relation has `label_end_date`: until when the outcome was open."""


class SupervisedConfig(BaseModel):
    """Rules of a task that a data scientist may want to change."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    estimators: tuple[str, ...]
    calibrations: tuple[Method, ...] = ("none",)
    """Offered to the choice, simplest first; for probabilities only."""
    split: SplitRule = ForwardSplits()
    min_class_rows: int = Field(default=50, ge=2)
    """Positive and negative rows that training needs each, below which a model is noise."""
    min_rows: int = Field(default=100, ge=10)
    """Rows that training needs on either side of the split."""
    resamples: int = Field(default=RESAMPLES, ge=100)
    gate: GateConfig = GateConfig()
    max_rows: int = Field(default=50_000, ge=1_000)
    """Rows that training reads, evaluated ones included: of more, a sample of customers."""
    parameters: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Of estimators by name, instead of their defaults; what tuning chose stands here."""


@dataclass(frozen=True)
class Recipe:
    """How to fit: an estimator by name or an unfitted model, its parameters, its calibration."""

    estimator: str
    calibration: Method = "none"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    unfitted: Any = None
    """A model to clone instead of building the estimator: the champion's, as it was."""


class SupervisedTask:
    """A task with a label. Subclasses declare; what only one of them needs, it overrides."""

    name: ClassVar[str]
    feature_model: ClassVar[str] = "ftr_customers"
    also_reads: ClassVar[tuple[str, ...]] = ()
    entity: ClassVar[str] = CUSTOMER_ID
    """Column of the keys that names whom a row is about."""
    kind: ClassVar[Kind]
    label: ClassVar[Label]
    score_table: ClassVar[str]
    output: ClassVar[str]
    """Column of the score table that holds the prediction."""
    headline_metrics: ClassVar[tuple[str, ...]]
    loss: ClassVar[str]
    """The metric that chooses: log_loss, mean_absolute_error ..."""
    baselines: ClassVar[Mapping[str, Baseline]] = {}
    defaults: ClassVar[SupervisedConfig]

    def __init__(self, config: SupervisedConfig | None = None) -> None:
        self.config = config or self.defaults

    def parameters(self) -> dict[str, Any]:
        """The configuration."""
        return self.config.model_dump()

    def with_parameters(self, parameters: Mapping[str, Mapping[str, Any]]) -> Self:
        """Return the same task with parameters of estimators, as tuning chooses them."""
        merged = {**self.config.parameters, **{k: dict(v) for k, v in parameters.items()}}
        return type(self)(self.config.model_copy(update={"parameters": merged}))

    @property
    def metrics(self) -> Mapping[str, Measure]:
        """The metrics that are stored, by name."""
        return CLASSIFICATION if self.kind == "classification" else REGRESSION

    @property
    def base_name(self) -> str:
        """Name of the baseline that knows nothing of a customer."""
        return BASE[self.kind]

    @property
    def estimator_names(self) -> tuple[str, ...]:
        """Estimators whose libraries are installed."""
        return tuple(n for n in self.config.estimators if estimators.find(n).is_available())

    def load(
        self, settings: Settings, contract: FeatureContract, source: str, evaluate_at: date | None
    ) -> TrainingData:
        """Read every row that training or evaluation touches.

        Raises:
            NotEnoughData: no date can be evaluated, or none can be learned from before it.
            ClienteleError: there is no closed as-of date `evaluate_at`.
        """
        spine = feature_dates(settings, contract, source)
        days, evaluated = self.config.split.dates(spine, evaluate_at, self.name, source)
        return self.data_of(settings, contract, source, spine, days, evaluated)

    def data_of(  # noqa: PLR0913 (what there is to read)
        self,
        settings: Settings,
        contract: FeatureContract,
        source: str,
        spine: pd.DataFrame,
        days: Sequence[date],
        evaluate_at: date,
    ) -> TrainingData:
        """Read the rows of these as-of dates whose outcome is known, `max_rows` at the most."""
        count = label_count(settings, source, days, self.label.relation)
        share = min(1.0, self.config.max_rows / max(count, 1))
        frame = training_frame(
            settings,
            contract,
            source,
            days,
            self.label.column,
            self.label.relation,
            self.entity,
            self.label.has_window,
            share,
        )
        details: dict[str, Any] = {LABEL: self.label.column}
        if HORIZON_DAYS in spine:
            details[HORIZON_DAYS] = int(spine[HORIZON_DAYS].iloc[0])
        if share < 1:
            details[SHARE] = round(share, 6)
        known = contract.known_in(frame)
        left_out = [name for name in contract.feature_names if name not in known.feature_names]
        if left_out:
            details[LEFT_OUT] = left_out
        return TrainingData(source, known, frame, evaluate_at, details)

    def train(self, data: TrainingData) -> Trained:
        """Choose on held-out rows of the past, evaluate on later ones, fit to the newest.

        Raises:
            NotEnoughData: too few rows, of either outcome, to learn from or to evaluate on.
        """
        parts = self.config.split.parts(data)
        self._check_rows(parts, data.source_name)
        recipe = self.choose(self.config.split.choosing(data), data.contract)
        held = self.hold_out(parts, data.contract, recipe)
        newest = self.config.split.newest(data)
        drawn = {SHARE: data.details[SHARE]} if SHARE in data.details else {}
        return Trained(
            model_name=recipe.estimator,
            estimator=self.fit(recipe, newest, data.contract),
            details={
                **data.details,
                CALIBRATION: recipe.calibration,
                gate.PROFILE: gate.profile(
                    newest, data.contract, data.details.get(LEFT_OUT, ())
                ).model_dump(),
            },
            trained_as_of_date=data.frame[AS_OF_DATE].max().date(),
            training_row_count=len(newest),
            evaluations=self.evaluations(
                held,
                recipe.estimator,
                self._protocol(data),
                data.evaluate_at,
            ),
            parameters={CALIBRATION: recipe.calibration, **drawn, **recipe.parameters},
            held_out=held.predictions[recipe.estimator],
        )

    def _protocol(self, data: TrainingData) -> str:
        said = self.config.split.describe(data, self.label.words)
        if SHARE not in data.details:
            return said
        return f"{said}; all of this on {data.details[SHARE]:.1%} of them, drawn by their ids"

    def decide(self, champion: Artefact | None, data: TrainingData, trained: Trained) -> Decision:
        """Decide by the gate, on the rows that the challenger was evaluated on."""
        if champion is None:
            kept = {r.baseline_name: r for r in trained.evaluations if self._decides(r)}
            row = kept[self.base_name]
            return gate.first_decision(
                row.metric_value, row.baseline_value, self.loss, self.base_name
            )
        gone = [n for n in champion.contract.feature_names if n not in data.frame]
        if gone:
            return Decision(
                "promoted", f"the champion cannot be compared: {', '.join(gone)} is no feature now"
            )
        complaints = self._complaints(champion, trained)
        comparison = self.compare(champion, data, trained.held_out)
        return gate.decide(
            comparison,
            self.loss,
            self.metrics[self.loss],
            complaints,
            self.config.gate,
            self.config.resamples,
            self.kind == "classification",
        )

    def _decides(self, row: Evaluation) -> bool:
        return row.is_champion and row.metric_name == self.loss

    def _complaints(self, champion: Artefact, trained: Trained) -> list[str]:
        if gate.PROFILE not in champion.details:
            return []
        old, new = (
            gate.DataProfile.model_validate(details[gate.PROFILE])
            for details in (champion.details, trained.details)
        )
        return gate.data_complaints(new, old, self.config.gate)

    def compare(self, champion: Artefact, data: TrainingData, challenger: Floats) -> Comparison:
        """Predict the evaluated rows with the champion, beside what the challenger said.

        A champion whose windows had all closed by the evaluation date is taken as it is; of another
        the recipe is fitted to the challenger's past: it has seen the answers.
        """
        parts = self.config.split.parts(data)
        frozen = self._was_closed(champion, data)
        recipe = Recipe(
            champion.model_name,
            champion.details.get(CALIBRATION, "none"),
            unfitted=clone(calibration.model_inside(champion.estimator), safe=False),
        )
        said = [
            predicted(
                champion.estimator if frozen else self.fit(recipe, fit, champion.contract),
                held,
                self.kind,
            )
            for fit, held in parts
        ]
        rows = [
            HeldOut(self._outcome(held), _zeros(held), _zeros(held), {CHAMPION: values})
            for (_, held), values in zip(parts, said, strict=True)
        ]
        both = joined(rows, [held[self.entity].tolist() for _, held in parts])
        both.predictions[CHALLENGER] = challenger
        return Comparison(both, "as it scored" if frozen else "refitted to the same past")

    def _was_closed(self, champion: Artefact, data: TrainingData) -> bool:
        horizon = champion.details.get(HORIZON_DAYS)
        if horizon is None or not self.label.has_window:
            return False
        end = pd.Timestamp(champion.trained_as_of_date) + pd.Timedelta(days=int(horizon))
        return bool(end <= pd.Timestamp(data.evaluate_at))

    def predict(self, artefact: Artefact, frame: pd.DataFrame) -> pd.DataFrame:
        """Give every row of the frame its prediction.

        Returns:
            Keys and the task's columns, row by row as the frame.
        """
        values = predicted(artefact.estimator, frame, self.kind)
        return self.scores(artefact, frame, values)

    def scores(self, artefact: Artefact, frame: pd.DataFrame, values: Floats) -> pd.DataFrame:
        """Arrange predictions as rows of the score table."""
        scores = frame[list(artefact.contract.keys)].copy()
        if HORIZON_DAYS in artefact.details:
            scores[HORIZON_DAYS] = artefact.details[HORIZON_DAYS]
        scores[self.output] = values
        return scores

    def explain(
        self, artefact: Artefact, frame: pd.DataFrame, scores: pd.DataFrame
    ) -> pd.DataFrame:
        """Add reasons to scores of the same rows; none by default."""
        return scores

    # Fitting

    def fit(self, recipe: Recipe, rows: pd.DataFrame, contract: FeatureContract) -> Any:
        """Fit a recipe to rows: the model, and its calibrator on rows that it held out of them."""
        model = self._fit_raw(recipe, rows, contract)
        if recipe.calibration == "none":
            return model
        held = self._validated(recipe, rows, contract)
        calibrator = calibration.fit_calibrator(
            recipe.calibration, held.named(recipe.estimator), held.outcome
        )
        return Calibrated(model, calibrator)

    def _fit_raw(self, recipe: Recipe, rows: pd.DataFrame, contract: FeatureContract) -> Any:
        model = (
            clone(recipe.unfitted)
            if recipe.unfitted is not None
            else estimators.build(recipe.estimator, contract, recipe.parameters)
        )
        return model.fit(rows, self._outcome(rows))

    def recipe(self, name: str) -> Recipe:
        """An estimator with the task's parameters; a blend with those of its members."""
        given = self.config.parameters
        members = estimators.find(name).members
        inner = {member: given[member] for member in members if member in given}
        return Recipe(name, parameters={**inner, **given.get(name, {})})

    def choose(self, past: pd.DataFrame, contract: FeatureContract) -> Recipe:
        """The estimator with the lowest mean loss over the validation splits, and a calibration."""
        splits = self.validation(past)
        parts = [self._candidates(fit, held, contract) for fit, held in splits]
        outcomes = [self._outcome(held) for _, held in splits]
        best = min(self.estimator_names, key=lambda name: self._mean_loss(name, parts, outcomes))
        recipe = self.recipe(best)
        if self.kind == "regression" or len(self.config.calibrations) == 1:
            return Recipe(best, self.config.calibrations[0], recipe.parameters)
        numbers = np.repeat(np.arange(len(parts)), [outcome.size for outcome in outcomes])
        method = calibration.choose_method(
            np.concatenate([part[best] for part in parts]),
            np.concatenate(outcomes),
            numbers.astype(np.int64),
            self.config.calibrations,
        )
        return Recipe(best, method, recipe.parameters)

    def validation(self, past: pd.DataFrame) -> list[Split]:
        """Splits of the past that choices are made on."""
        return self.config.split.validation(past, self.entity, self.label.column, self._is_usable)

    def validation_loss(
        self, recipe: Recipe, past: pd.DataFrame, contract: FeatureContract
    ) -> float:
        """Mean loss of one recipe over the validation splits of the past: what tuning lowers."""
        losses = []
        for fit, held in self.validation(past):
            said = predicted(self._fit_raw(recipe, fit, contract), held, self.kind)
            losses.append(self._loss(self._outcome(held), said))
        return float(np.mean(losses))

    def _validated(self, recipe: Recipe, past: pd.DataFrame, contract: FeatureContract) -> HeldOut:
        parts = []
        for fit, held in self.validation(past):
            said = predicted(self._fit_raw(recipe, fit, contract), held, self.kind)
            zeros = _zeros(held)
            parts.append(HeldOut(self._outcome(held), zeros, zeros, {recipe.estimator: said}))
        return joined(parts, [range(len(part)) for part in parts])

    def _mean_loss(
        self, name: str, parts: list[dict[str, Floats]], outcomes: list[NDArray[Any]]
    ) -> float:
        losses = [self._loss(y, part[name]) for part, y in zip(parts, outcomes, strict=True)]
        return float(np.mean(losses))

    def _loss(self, outcome: NDArray[Any], said: Floats) -> float:
        measure = self.metrics[self.loss]
        value = measure.function(outcome, said)
        return -value if measure.higher_is_better else value

    def _candidates(
        self, fit: pd.DataFrame, held: pd.DataFrame, contract: FeatureContract
    ) -> dict[str, Floats]:
        """What every estimator, fitted to some rows, says of others."""
        return {
            name: said for name, (said, _) in self._fitted_candidates(fit, held, contract).items()
        }

    def _fitted_candidates(
        self, fit: pd.DataFrame, held: pd.DataFrame, contract: FeatureContract
    ) -> dict[str, tuple[Floats, Floats | None]]:
        """Predictions and, where there are some, intervals of every estimator."""
        wanted = self.estimator_names
        found: dict[str, tuple[Floats, Floats | None]] = {}
        for name in dict.fromkeys(n for w in wanted for n in (estimators.find(w).members or (w,))):
            model = self._fit_raw(self.recipe(name), fit, contract)
            found[name] = predicted(model, held, self.kind), predicted_interval(model, held)
        for name in wanted:
            members = estimators.find(name).members
            if members:
                # The mean of members that are fitted already: its own fit would be the same.
                found[name] = np.mean([found[member][0] for member in members], axis=0), None
        return {name: found[name] for name in wanted}

    # Evaluating

    def hold_out(
        self, parts: Sequence[Split], contract: FeatureContract, recipe: Recipe
    ) -> HeldOut:
        """Fit every candidate and baseline to the past of each part, and predict its later rows.

        The kept recipe stands under the name of its estimator, calibrated if it is; then its raw
        twin stands beside it.
        """
        found = [self._hold_out_part(fit, held, contract, recipe) for fit, held in parts]
        return joined(found, [held[self.entity].tolist() for _, held in parts])

    def _hold_out_part(
        self, fit: pd.DataFrame, held: pd.DataFrame, contract: FeatureContract, recipe: Recipe
    ) -> HeldOut:
        fitted = self._fitted_candidates(fit, held, contract)
        said = {name: values for name, (values, _) in fitted.items()}
        intervals = {name: ends for name, (_, ends) in fitted.items() if ends is not None}
        if recipe.calibration != "none":
            name = recipe.estimator
            past = self._validated(recipe, fit, contract)
            calibrator = calibration.fit_calibrator(
                recipe.calibration, past.named(name), past.outcome
            )
            said[name + RAW_SUFFIX] = said[name]
            said[name] = calibrator.predict(said[name])
        zeros = _zeros(held)
        references = self.baseline_predictions(fit, held)
        return HeldOut(self._outcome(held), zeros, zeros, said, references, intervals)

    def baseline_predictions(self, past: pd.DataFrame, later: pd.DataFrame) -> dict[str, Floats]:
        """What simple rules say of the later rows, each fitted to the same past.

        A rule of columns that are no features any more has nothing to go by and is not there.
        """
        found: dict[str, Floats] = {}
        for name, baseline in self.baselines.items():
            if callable(baseline):
                found[name] = np.asarray(baseline(past, later), dtype=np.float64)
            elif set(baseline) <= set(past.columns):
                found[name] = self._columns_alone(list(baseline), past, later)
        constant = float(self._outcome(past).mean())
        return {**found, self.base_name: np.full(len(later), constant)}

    def _columns_alone(self, columns: list[str], past: pd.DataFrame, later: pd.DataFrame) -> Floats:
        model: Any = estimators.find("logistic_regression").build(columns, [], {})
        return predicted(model.fit(past, self._outcome(past)), later, self.kind)

    def evaluations(
        self,
        held: HeldOut,
        kept: str,
        protocol: str,
        day: date,
        kind: EvaluationKind = "holdout",
    ) -> list[Evaluation]:
        """Every metric of every candidate beside every baseline, with intervals."""
        rows = []
        for metric_name, measure in self.metrics.items():
            names = [*held.predictions, *held.baselines]
            result = measured(held, measure, names, self.config.resamples)
            for name in held.predictions:
                estimate = result.estimate(name)
                for baseline in held.baselines:
                    gain = result.difference(name, baseline)
                    rows.append(
                        Evaluation(
                            model_name=name,
                            is_champion=name == kept,
                            metric_name=metric_name,
                            metric_value=estimate.value,
                            ci_lower=estimate.lower,
                            ci_upper=estimate.upper,
                            baseline_name=baseline,
                            baseline_value=result.values[baseline],
                            protocol=protocol,
                            evaluated_as_of_date=day,
                            sample_count=len(held),
                            gain_lower=gain.lower,
                            gain_upper=gain.upper,
                            evaluation_kind=kind,
                        )
                    )
        return rows + self._coverages(held, kept, protocol, day, kind)

    def _coverages(
        self, held: HeldOut, kept: str, protocol: str, day: date, kind: EvaluationKind
    ) -> list[Evaluation]:
        rows = []
        for name in held.intervals:
            found = coverage(held, name, self.config.resamples)
            rows.append(
                Evaluation(
                    model_name=name,
                    is_champion=name == kept,
                    metric_name=COVERAGE,
                    metric_value=found.value,
                    ci_lower=found.lower,
                    ci_upper=found.upper,
                    baseline_name=NOMINAL,
                    baseline_value=NOMINAL_COVERAGE,
                    protocol=protocol,
                    evaluated_as_of_date=day,
                    sample_count=len(held),
                    evaluation_kind=kind,
                )
            )
        return rows

    # Rows

    def _outcome(self, rows: pd.DataFrame) -> NDArray[Any]:
        wanted = bool if self.kind == "classification" else np.float64
        return rows[self.label.column].to_numpy(dtype=wanted)

    def _is_usable(self, rows: pd.DataFrame) -> bool:
        if self.kind == "classification":
            return _smallest_class(self._outcome(rows)) >= self.config.min_class_rows
        return len(rows) >= self.config.min_rows

    def are_enough(self, parts: Sequence[Split]) -> bool:
        """Whether there are rows enough on both sides of the first split."""
        return all(self._is_usable(rows) for rows in parts[0])

    def _check_rows(self, parts: Sequence[Split], source: str) -> None:
        for fit, held in parts[:1]:
            for rows, what in ((fit, "learn from"), (held, "evaluate on")):
                if not self._is_usable(rows):
                    raise NotEnoughData(self._too_few(rows, what, source))

    def _too_few(self, rows: pd.DataFrame, what: str, source: str) -> str:
        if self.kind == "regression":
            return (
                f"{self.name} of {source} has {len(rows)} rows to {what}; "
                f"it needs {self.config.min_rows}"
            )
        positive = int(self._outcome(rows).sum())
        return (
            f"{self.name} of {source} has {positive} churned and {len(rows) - positive} retained "
            f"rows to {what}; it needs {self.config.min_class_rows} of each"
        )


def _smallest_class(outcome: NDArray[Any]) -> int:
    positive = int(outcome.sum())
    return min(positive, outcome.size - positive)


def _zeros(rows: pd.DataFrame) -> NDArray[np.int64]:
    return np.zeros(len(rows), dtype=np.int64)
