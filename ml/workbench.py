"""The data scientist's loop in a notebook: a frame as of a date, fit, compare, keep.

    from ml.workbench import frame, compare, keep

    rows = frame("sample", "2024-06-01")
    compare("sample", ["lightgbm", MyEstimator()], at="2024-06-01")
    keep("sample", ["lightgbm"], parameters={"lightgbm": {"num_leaves": 15}})

Each call reads the database that the environment names, as the commands do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from ml import estimators as known
from ml import jobs
from ml.columns import AS_OF_DATE
from ml.estimators import Estimator
from ml.feature_contract import FeatureContract, read_feature_contract
from ml.frames import feature_dates, scoring_frame, training_frame
from ml.jobs import Report
from ml.supervised import SupervisedTask
from warehouse.connect import JOB_LOCK, advisory_lock, connect, ensure_server
from warehouse.errors import UsageError
from warehouse.settings import Settings, load_settings

SHOWN = ("model_name", "metric_name", "metric_value", "ci_lower", "ci_upper")
QUICK_RESAMPLES = 200


def frame(source: str, as_of: str | date | None = None, task: str = "churn") -> pd.DataFrame:
    """Return one row per customer of a shop as of a date.

    Args:
        source: the shop.
        as_of: a date that has features, as `dates` lists them; the newest by default.
        task: the task whose features and label are wanted.

    Returns:
        Keys, features and, where the window is over, the label and `label_end_date`.

    Raises:
        ClienteleError: there are no features of that date.
    """
    found = _task(task)
    settings, contract = _open(found)
    day = _day(as_of) or dates(source, task)[AS_OF_DATE].iloc[-1].date()
    labelled = training_frame(
        settings,
        contract,
        source,
        [day],
        found.label.column,
        found.label.relation,
        found.entity,
        found.label.has_window,
    )
    return scoring_frame(settings, contract, source, day) if labelled.empty else labelled


def dates(source: str, task: str = "churn") -> pd.DataFrame:
    """Return the as-of dates of a shop, oldest first, and which of them have a known outcome."""
    settings, contract = _open(_task(task))
    return feature_dates(settings, contract, source)


def compare(  # noqa: PLR0913 (what one may want to vary)
    source: str,
    estimators: Sequence[str | Estimator],
    at: str | date | None = None,
    task: str = "churn",
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
    resamples: int = QUICK_RESAMPLES,
) -> pd.DataFrame:
    """Fit estimators to the past of a date and measure them on its customers; nothing is stored.

    Args:
        source: the shop.
        estimators: names, or objects of classes that you are working on.
        at: as-of date to measure at, by default the newest with a known outcome.
        task: the task.
        parameters: of estimators by name.
        resamples: of the bootstrap; 500 as in training.

    Returns:
        One row per estimator or baseline and metric, with 95% intervals for estimators. A row
        depends on nothing but its past: what is best here on one date may be so by luck.
    """
    changed = _changed(_task(task), estimators, parameters, resamples)
    settings, contract = _open(changed)
    data = changed.load(settings, contract, source, _day(at))
    with threadpool_limits(limits=1):
        evaluations = changed.train(data).evaluations
    rows = pd.DataFrame([{name: getattr(row, name) for name in SHOWN} for row in evaluations])
    references = pd.DataFrame(
        [
            {"model_name": e.baseline_name, "metric_name": e.metric_name}
            | {"metric_value": e.baseline_value}
            for e in evaluations
        ]
    )
    both = pd.concat([rows, references]).drop_duplicates(["model_name", "metric_name"])
    return both.sort_values(["metric_name", "metric_value"], ignore_index=True)


def keep(
    source: str,
    estimators: Sequence[str],
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
    task: str = "churn",
) -> Report:
    """Train for good: choose, measure, store the version, and pass it by the gate.

    The report says whether it scores from now on. What lasts is the class in `ml/estimators/` and
    the task's `defaults`: the next plain training uses those.

    Raises:
        UsageError: an estimator that is no module of the project, so that nobody else could
            load what it fits.
        Busy: another job runs.
    """
    strange = [name for name in estimators if name not in known.BUILT_IN]
    if strange:
        raise UsageError(
            f"{', '.join(map(str, strange))}: put the class into ml/estimators/ and its BUILT_IN "
            "first; what is kept has to be fitted again by others"
        )
    for name in estimators:
        known.TRIED.pop(name, None)
    changed = _changed(_task(task), estimators, parameters, None)
    settings, _ = _open(changed)
    manifest = settings.target_dir / "manifest.json"
    with connect(settings, autocommit=True) as conn, advisory_lock(conn, JOB_LOCK):
        return jobs.train(settings, manifest, settings.home_dir / "models", changed, source)


def _task(name: str) -> SupervisedTask:
    found = jobs.find_task(name)
    if not isinstance(found, SupervisedTask):
        raise UsageError(f"{name} has no label")
    return found


def _open(task: SupervisedTask) -> tuple[Settings, FeatureContract]:
    settings = ensure_server(load_settings())
    manifest = settings.target_dir / "manifest.json"
    return settings, read_feature_contract(manifest, task.feature_model)


def _changed(
    task: SupervisedTask,
    estimators: Sequence[str | Estimator],
    parameters: Mapping[str, Mapping[str, Any]] | None,
    resamples: int | None,
) -> SupervisedTask:
    """The task with other estimators and parameters; objects are known from now on."""
    for each in estimators:
        if isinstance(each, Estimator):
            known.TRIED[each.name] = each
    names = tuple(each if isinstance(each, str) else each.name for each in estimators)
    update: dict[str, Any] = {"estimators": names}
    if resamples is not None:
        update["resamples"] = resamples
    changed = type(task)(task.config.model_copy(update=update))
    return changed.with_parameters(parameters or {})


def _day(day: str | date | None) -> date | None:
    return date.fromisoformat(day) if isinstance(day, str) else day
