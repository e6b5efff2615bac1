"""Training and scoring of any task for any shop: read, fit or predict, append."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from threadpoolctl import threadpool_limits

from ml import artefact as artefacts
from ml import store
from ml.artefact import Artefact
from ml.churn import Churn
from ml.columns import AS_OF_DATE
from ml.feature_contract import FeatureContract, read_feature_contract
from ml.fingerprint import frame_digest, training_fingerprint
from ml.frames import as_of_dates, scoring_frame
from ml.segmentation import Segmentation
from ml.task import NotEnoughData, Task, TrainingData
from warehouse.connect import connect
from warehouse.errors import UsageError
from warehouse.settings import Settings

TASKS: dict[str, Task] = {task.name: task for task in (Segmentation(), Churn())}
VERSION_LENGTH = 12


@dataclass(frozen=True)
class Report:
    """What a job did for one task of one shop.

    `outcome` is trained, scored, unchanged (the same had been done before) or skipped, in which
    case `note` says by which rule.
    """

    task_name: str
    source_name: str
    outcome: str
    model_version: str | None = None
    row_count: int = 0
    note: str = ""


def find_task(name: str) -> Task:
    """Return the task of that name.

    Raises:
        UsageError: there is none.
    """
    try:
        return TASKS[name]
    except KeyError:
        raise UsageError(f"there is no task {name!r}; choose from {', '.join(TASKS)}") from None


def train(  # noqa: PLR0913 - each is an option of the command
    settings: Settings,
    manifest: Path,
    models_dir: Path,
    task: Task,
    source: str,
    evaluate_at: date | None = None,
    force: bool = False,
    missing_only: bool = False,
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
        return _train(settings, models_dir, task, data, force)
    except NotEnoughData as reason:
        return Report(task.name, source, "skipped", note=reason.message)


def _train(
    settings: Settings, models_dir: Path, task: Task, data: TrainingData, force: bool
) -> Report:
    source = data.source_name
    fingerprint = training_fingerprint(
        data.frame, {**task.parameters(), "evaluate_at": data.evaluate_at, "task": task.name}
    )
    version = fingerprint[:VERSION_LENGTH]
    with connect(settings) as conn:
        newest = store.newest_training(conn, task.name, source)
    path = artefacts.artefact_path(models_dir, source, task.name, version)
    if newest and newest["fingerprint"] == fingerprint and path.exists() and not force:
        return Report(task.name, source, "unchanged", version)
    # One thread: sums do not depend on how work was shared out, so the same data give the same
    # model, and threads that wait for each other do not stall when the machine is busy.
    with threadpool_limits(limits=1):
        trained = task.train(data)
    artefact = Artefact(
        task_name=task.name,
        source_name=source,
        model_name=trained.model_name,
        model_version=version,
        contract=data.contract,
        trained_as_of_date=trained.trained_as_of_date,
        estimator=trained.estimator,
        details=trained.details,
    )
    # The file comes first: a run in the database always has its artefact.
    artefacts.save(artefact, models_dir)
    with connect(settings) as conn:
        stem = f"train-{task.name}-{source}-{version}"
        number = store.run_number(conn, store.RUNS, "run_id", stem) + 1
        store.append_training(conn, f"{stem}-{number}", fingerprint, artefact, trained)
    return Report(task.name, source, "trained", version, trained.training_row_count)


def champion(settings: Settings, models_dir: Path, task: Task, source: str) -> Artefact | None:
    """Load the model of the newest training, or None where the task was never trained.

    Raises:
        ClienteleError: the model's file is missing or unreadable.
    """
    with connect(settings) as conn:
        newest = store.newest_training(conn, task.name, source)
    if newest is None:
        return None
    return artefacts.load(models_dir, source, task.name, newest["model_version"])


def score(
    settings: Settings, models_dir: Path, task: Task, source: str, as_of: date | None = None
) -> Report:
    """Score every customer of a shop as of the newest date and append the scores.

    The same model on the same features is not scored twice.

    Raises:
        ClienteleError: the model's file or the features are missing.
    """
    artefact = champion(settings, models_dir, task, source)
    if artefact is None:
        return Report(task.name, source, "skipped", note=f"{task.name} of {source} has no model")
    frame = scoring_frame(
        settings, artefact.contract, source, as_of or _newest(settings, artefact.contract, source)
    )
    stem = _scoring_stem(task, artefact, frame_digest(frame))
    with connect(settings) as conn:
        newest = store.newest_scoring(conn, task.score_table, source)
        if newest and newest.rpartition("-")[0] == stem:
            return Report(task.name, source, "unchanged", artefact.model_version, len(frame))
        number = store.run_number(conn, task.score_table, "run_id", stem) + 1
        scores = task.predict(artefact, frame)
        rows = store.append_scores(conn, task.score_table, f"{stem}-{number}", artefact, scores)
    return Report(task.name, source, "scored", artefact.model_version, rows)


def _newest(settings: Settings, contract: FeatureContract, source: str) -> date:
    dates = as_of_dates(settings, source)
    if dates.empty:
        raise UsageError(f"{source} has no features in {contract.relation}: load orders first")
    newest: date = dates[AS_OF_DATE].iloc[-1].date()
    return newest


def _scoring_stem(task: Task, artefact: Artefact, digest: str) -> str:
    content = hashlib.sha256(f"{artefact.model_version}|{digest}".encode()).hexdigest()
    return f"score-{task.name}-{artefact.source_name}-{content[:VERSION_LENGTH]}"
