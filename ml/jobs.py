"""Training, backtesting and scoring of any task for any shop: read, fit or predict, append."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

import pandas as pd
from threadpoolctl import threadpool_limits

from ml import artefact as artefacts
from ml import backtest as backtests
from ml import store
from ml.artefact import Artefact
from ml.churn import Churn
from ml.columns import AS_OF_DATE, CUSTOMER_ID
from ml.feature_contract import read_feature_contract
from ml.fingerprint import RowDigest, training_fingerprint
from ml.forecast import SalesForecast
from ml.frames import feature_dates, is_there, scoring_chunks, scoring_digest
from ml.frames import sources as shops_of
from ml.recommend.task import Recommendations
from ml.reviews.aspect_task import ReviewAspects
from ml.reviews.sentiment_task import ReviewSentiment
from ml.reviews.topic_task import ReviewTopics
from ml.segmentation import Segmentation
from ml.splits import ForwardSplits
from ml.store import DataWindow, Promotion
from ml.subscription_churn import SubscriptionChurn
from ml.supervised import SupervisedTask
from ml.task import (
    Decision,
    DecisionKind,
    Evaluation,
    LooksBack,
    NotEnoughData,
    ReadsItself,
    Task,
    Trained,
    TrainingData,
)
from ml.value import LifetimeValue
from warehouse.connect import connect
from warehouse.errors import ClienteleError, UsageError
from warehouse.settings import Settings

TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        *(Segmentation(), Churn(), LifetimeValue(), SubscriptionChurn()),
        *(SalesForecast(), Recommendations()),
        *(ReviewSentiment(), ReviewAspects(), ReviewTopics()),
    )
}
TRAINS_FIRST = Recommendations.name
"""It needs the most memory, and others leave their libraries behind."""
VERSION_LENGTH = 12
Advance = Callable[[int, int], None]


@dataclass(frozen=True)
class Report:
    """What a job did for one task of one shop.

    `outcome` is trained, scored, backtested, unchanged (the same had been done before), kept (it
    has a model already) or skipped, in which case `note` says by which rule. After a training,
    `decision` says whether the model scores from now on, and why.
    """

    task_name: str
    source_name: str
    outcome: str
    model_version: str | None = None
    row_count: int = 0
    note: str = ""
    decision: Decision | None = None


def find_task(name: str) -> Task:
    """Return the task of that name.

    Raises:
        UsageError: there is none.
    """
    try:
        return TASKS[name]
    except KeyError:
        raise UsageError(f"there is no task {name!r}; choose from {', '.join(TASKS)}") from None


def sources(settings: Settings, manifest: Path, task: Task) -> list[str]:
    """Return the shops that have features of a task, by name.

    Raises:
        ClienteleError: there is no manifest.
    """
    relation = read_feature_contract(manifest, task.feature_model).relation
    schema = relation.rpartition(".")[0]
    # A build that selected some models only has not made the others.
    if not all(is_there(settings, f"{schema}.{name}") for name in task.also_reads):
        return []
    return shops_of(settings, relation)


def train(  # noqa: PLR0913 - each is an option of the command
    settings: Settings,
    manifest: Path,
    models_dir: Path,
    task: Task,
    source: str,
    evaluate_at: date | None = None,
    force: bool = False,
    missing_only: bool = False,
    trials: int = 0,
) -> Report:
    """Train a task on a shop and record it. Equal data, configuration and code train once.

    Args:
        settings: where the features are.
        manifest: dbt's, which says what the features are.
        models_dir: where models are kept.
        task: what to train.
        source: the shop.
        evaluate_at: as-of date to measure at instead of the newest possible.
        force: train even if nothing changed.
        missing_only: leave a task alone that was trained before.
        trials: how many sets of parameters tuning tries; 0 takes those that the task has.

    Raises:
        ClienteleError: the features are missing or break their contract.
    """
    if missing_only:
        with connect(settings) as conn:
            newest = store.newest_training(conn, task.name, source)
        if newest:
            return Report(task.name, source, "kept", newest["model_version"])
    contract = read_feature_contract(manifest, task.feature_model)
    try:
        data = task.load(settings, contract, source, evaluate_at)
        return _train(settings, models_dir, task, data, force, trials)
    except NotEnoughData as reason:
        return Report(task.name, source, "skipped", note=reason.message)


def _train(  # noqa: PLR0913 (what `train` was asked for)
    settings: Settings, models_dir: Path, task: Task, data: TrainingData, force: bool, trials: int
) -> Report:
    source = data.source_name
    asked = {"evaluate_at": data.evaluate_at, "task": task.name, "trials": trials}
    fingerprint = training_fingerprint(data.frame, {**task.parameters(), **asked})
    version = fingerprint[:VERSION_LENGTH]
    with connect(settings) as conn:
        newest = store.newest_training(conn, task.name, source)
        scoring = store.champion_version(conn, task.name, source)
    needed = [
        artefacts.artefact_path(models_dir, source, task.name, each)
        for each in {version, scoring or version}
    ]
    is_same = newest is not None and newest["fingerprint"] == fingerprint
    if is_same and all(path.exists() for path in needed) and not force:
        return Report(task.name, source, "unchanged", version)
    started = time.monotonic()
    old = champion(settings, models_dir, task, source, missing_is_none=True)
    # One thread: sums do not depend on how work was shared out, so the same data give the same
    # model, and threads that wait for each other do not stall when the machine is busy.
    with threadpool_limits(limits=1):
        if trials:
            task = _tuned(task, data, trials)
        data = replace(data, champion=old)
        trained = task.train(data)
        decision = task.decide(old, data, trained)
    if old is None and scoring is not None:
        kind: DecisionKind = "kept" if decision.kind == "kept" else "promoted"
        decision = Decision(kind, f"the file of champion {scoring} is lost: {decision.reason}")
    artefact = _artefact(task, data, trained, version)
    # The file comes first: a run in the database always has its artefact.
    artefacts.save(artefact, models_dir)
    window = DataWindow(data.oldest_date, data.evaluate_at)
    seconds = time.monotonic() - started
    with connect(settings) as conn:
        stem = f"train-{task.name}-{source}-{version}"
        run_id = f"{stem}-{store.run_number(conn, store.RUNS, 'run_id', stem) + 1}"
        store.append_training(conn, run_id, fingerprint, artefact, trained, window, seconds)
        promotion = Promotion(decision.kind, version, scoring, decision.reason, run_id)
        store.append_promotion(conn, task.name, source, promotion)
    return Report(
        task.name, source, "trained", version, trained.training_row_count, decision=decision
    )


def _tuned(task: Task, data: TrainingData, trials: int) -> Task:
    from ml import tuning  # noqa: PLC0415 (Optuna is imported where somebody tunes)

    if not isinstance(task, SupervisedTask):
        raise UsageError(f"{task.name} has nothing to tune")
    return task.with_parameters(tuning.tune(task, data, trials))


def _artefact(task: Task, data: TrainingData, trained: Trained, version: str) -> Artefact:
    return Artefact(
        task_name=task.name,
        source_name=data.source_name,
        model_name=trained.model_name,
        model_version=version,
        contract=data.contract,
        trained_as_of_date=trained.trained_as_of_date,
        estimator=trained.estimator,
        details=trained.details,
    )


def champion(
    settings: Settings,
    models_dir: Path,
    task: Task,
    source: str,
    missing_is_none: bool = False,
) -> Artefact | None:
    """Load the model that scores, or None where none does.

    Batch jobs and the API both come through here, and predict by `task.predict`.

    Args:
        settings: where promotions are.
        models_dir: where models are kept.
        task: the task.
        source: the shop.
        missing_is_none: give None also where the file of the champion is lost or unreadable: a
            training replaces it.

    Raises:
        ClienteleError: the model's file is missing or unreadable.
    """
    with connect(settings) as conn:
        version = store.champion_version(conn, task.name, source)
    if version is None:
        return None
    try:
        return artefacts.load(models_dir, source, task.name, version)
    except ClienteleError:
        if missing_is_none:
            return None
        raise


def can_be_backtested(name: str) -> bool:
    """Whether a task has an outcome, and past dates to test at."""
    task = find_task(name)
    return isinstance(task, SupervisedTask) and isinstance(task.config.split, ForwardSplits)


def evaluate(
    settings: Settings, manifest: Path, task: Task, source: str, evaluate_at: date
) -> list[Evaluation]:
    """Fit and measure a task as of a date, as training would; nothing is stored.

    Raises:
        NotEnoughData: too few rows on either side of the date.
        ClienteleError: there is no such date.
    """
    contract = read_feature_contract(manifest, task.feature_model)
    data = task.load(settings, contract, source, evaluate_at)
    with threadpool_limits(limits=1):
        return task.train(data).evaluations


def backtest(  # noqa: PLR0913 - each is an option of the command
    settings: Settings,
    manifest: Path,
    task: Task,
    source: str,
    most: int | None = None,
    advance: Advance | None = None,
) -> Report:
    """Test a task as of many past dates and append how it did.

    Args:
        settings: where the features are.
        manifest: dbt's, which says what the features are.
        task: what to test.
        source: the shop.
        most: test only as many of the newest dates.
        advance: told how far it is.

    Raises:
        UsageError: the task has no label, or no dates.
    """
    if not isinstance(task, SupervisedTask):
        raise UsageError(f"{task.name} has no outcome to test against: its training measures it")
    contract = read_feature_contract(manifest, task.feature_model)
    try:
        data, dates = backtests.load(settings, task, contract, source, most)
        with threadpool_limits(limits=1):
            result = backtests.run(task, data, dates, advance)
    except NotEnoughData as reason:
        return Report(task.name, source, "skipped", note=reason.message)
    with connect(settings) as conn:
        stem = f"backtest-{task.name}-{source}"
        number = store.run_number(conn, store.EVALUATIONS, "run_id", stem) + 1
        store.append_evaluations(
            conn, f"{stem}-{number}", task.name, source, None, result.evaluations
        )
    note = f"{len(result.dates)} dates, {result.dates[0]} to {result.dates[-1]}"
    return Report(task.name, source, "backtested", None, len(result.held), note)


def score(  # noqa: PLR0913 - each is an option of the command
    settings: Settings,
    models_dir: Path,
    task: Task,
    source: str,
    as_of: date | None = None,
    explain: bool = True,
) -> Report:
    """Score everyone of a shop as of the newest date and append the scores.

    The same model on the same features is not scored twice.

    Raises:
        ClienteleError: the model's file or the features are missing.
    """
    artefact = champion(settings, models_dir, task, source)
    if artefact is None:
        return Report(task.name, source, "skipped", note=f"{task.name} of {source} has no model")
    day = as_of or _newest(settings, task, artefact)
    scored = partial(_scored, task, artefact, explain, _earlier(settings, task, source, day))
    with threadpool_limits(limits=1), connect(settings) as conn:
        runs = store.scoring_runs(conn, task.score_table, source)
        newest = runs[-1].run_id if runs else None
        stem = _scoring_stem(task, artefact, _digest(settings, task, artefact, day))
        if newest and newest.rpartition("-")[0] == stem:
            rows = store.run_rows(conn, task.score_table, source, newest)
            return Report(task.name, source, "unchanged", artefact.model_version, rows)
        again = sum(run.run_id.startswith(f"{stem}-") for run in runs)
        run_id = f"{stem}-{again + 1}"
        parts = map(scored, _frames(settings, task, artefact, day))
        rows = store.append_scores(conn, task.score_table, run_id, artefact, parts)
    return Report(task.name, source, "scored", artefact.model_version, rows)


def _earlier(settings: Settings, task: Task, source: str, day: date) -> pd.DataFrame | None:
    """The scoring before, for tasks that look at it."""
    if not isinstance(task, LooksBack):
        return None
    columns = task.earlier_columns
    found = store.earlier_scores(settings, task.score_table, source, columns, day)
    # Set once: customers are looked up for every part that is scored.
    return found.set_index(CUSTOMER_ID)


def _scored(
    task: Task,
    artefact: Artefact,
    explain: bool,
    earlier: pd.DataFrame | None,
    frame: pd.DataFrame,
) -> pd.DataFrame:
    scores = task.predict(artefact, frame)
    if earlier is not None and isinstance(task, LooksBack):
        scores = task.settle(artefact, frame, scores, earlier)
    return task.explain(artefact, frame, scores) if explain else scores


def _digest(settings: Settings, task: Task, artefact: Artefact, day: date) -> str:
    """What is scored, told before anything is predicted."""
    contract = artefact.contract
    if not isinstance(task, ReadsItself):
        return scoring_digest(settings, contract, artefact.source_name, day)
    digest = RowDigest()
    for frame in _frames(settings, task, artefact, day):
        digest.update(frame)
    return digest.hexdigest([*contract.keys, *contract.feature_names])


def _newest(settings: Settings, task: Task, artefact: Artefact) -> date:
    contract, source = artefact.contract, artefact.source_name
    if isinstance(task, ReadsItself):
        newest = task.newest_date(settings, artefact)
    else:
        dates = feature_dates(settings, contract, source)
        newest = None if dates.empty else dates[AS_OF_DATE].iloc[-1].date()
    if newest is None:
        raise UsageError(f"{source} has no features in {contract.relation}: load orders first")
    return newest


def _frames(
    settings: Settings, task: Task, artefact: Artefact, day: date
) -> Iterator[pd.DataFrame]:
    """The rows to score as of a day."""
    if isinstance(task, ReadsItself):
        return task.scoring_frames(settings, artefact, day)
    return scoring_chunks(settings, artefact.contract, artefact.source_name, day)


def _scoring_stem(task: Task, artefact: Artefact, digest: str) -> str:
    content = hashlib.sha256(f"{artefact.model_version}|{digest}".encode()).hexdigest()
    return f"score-{task.name}-{artefact.source_name}-{content[:VERSION_LENGTH]}"
