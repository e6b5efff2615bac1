"""How a task does on many past dates, not one lucky one.

On each date everything is done anew, as it would have been done then: the estimator is chosen,
calibrated and fitted on windows that had closed, beside every candidate and baseline. The metric of
a backtest is the mean over its dates; calibration is measured on all rows together. Intervals
resample customers, each with all of their rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from ml.columns import AS_OF_DATE
from ml.feature_contract import FeatureContract
from ml.frames import feature_dates
from ml.heldout import HeldOut, joined
from ml.splits import ForwardSplits, learnable_dates
from ml.supervised import RAW_SUFFIX, SupervisedTask
from ml.task import Evaluation, NotEnoughData, TrainingData
from warehouse.errors import UsageError
from warehouse.settings import Settings

CHOSEN = "chosen on the past"
"""Name of the whole procedure: whatever estimator and calibration it chose on each date."""
Advance = Callable[[int, int], None]


@dataclass(frozen=True)
class Backtest:
    """What was held out on each date, and how the task did."""

    held: HeldOut
    dates: list[date]
    chosen: list[str]
    """What was chosen on each date, with its calibration."""
    evaluations: list[Evaluation]


def load(
    settings: Settings,
    task: SupervisedTask,
    contract: FeatureContract,
    source: str,
    most: int | None = None,
) -> tuple[TrainingData, list[date]]:
    """Read what a backtest needs; the newest `most` dates, by default all that can be tested.

    Raises:
        NotEnoughData: no date can be tested.
        UsageError: the task has no dates.
    """
    spine = feature_dates(settings, contract, source)
    dates = task.config.split.backtest_dates(spine, task.name, source)[-(most or 0) :]
    known = learnable_dates(spine, task.name, source)[AS_OF_DATE]
    # The same dates as training learns from: those with a horizon of history.
    closed = [day.date() for day in known if day <= pd.Timestamp(dates[-1])]
    return task.data_of(settings, contract, source, spine, closed, dates[-1]), dates


def run(
    task: SupervisedTask, data: TrainingData, dates: list[date], advance: Advance | None = None
) -> Backtest:
    """Test a task as of each of these dates.

    Dates with too few rows on either side are left out.

    Raises:
        NotEnoughData: no date is left.
    """
    if not isinstance(task.config.split, ForwardSplits):
        raise UsageError(f"{task.name} has no past dates to test at")
    parts: list[HeldOut] = []
    entities: list[list[str]] = []
    tested: list[date] = []
    chosen: list[str] = []
    for number, day in enumerate(dates, start=1):
        found = _test(task, replace(data, evaluate_at=day))
        if found is not None:
            held, names, choice = found
            parts.append(held)
            entities.append(names)
            tested.append(day)
            chosen.append(choice)
        if advance:
            advance(number, len(dates))
    if not parts:
        raise NotEnoughData(
            f"{task.name} of {data.source_name} has too few rows to learn from or to evaluate on "
            f"at each of {len(dates)} dates"
        )
    held = joined(parts, entities)
    return Backtest(held, tested, chosen, _evaluations(task, held, tested, chosen))


def _test(task: SupervisedTask, data: TrainingData) -> tuple[HeldOut, list[str], str] | None:
    """What was held out on one date, whose rows they are, and what was chosen."""
    parts = task.config.split.parts(data)
    if not task.are_enough(parts):
        return None
    recipe = task.choose(task.config.split.choosing(data), data.contract)
    held = task.hold_out(parts, data.contract, recipe)
    said = dict(held.predictions)
    raw = said.pop(recipe.estimator + RAW_SUFFIX, None)
    kept = said[recipe.estimator]
    if raw is not None:
        said[recipe.estimator] = raw
    intervals = dict(held.intervals)
    if recipe.estimator in intervals:
        intervals[CHOSEN] = intervals[recipe.estimator]
    held = replace(held, predictions={CHOSEN: kept, **said}, intervals=intervals)
    words = recipe.estimator + (f", {recipe.calibration}" if recipe.calibration != "none" else "")
    return held, parts[0][1][task.entity].tolist(), words


def _evaluations(
    task: SupervisedTask, held: HeldOut, dates: list[date], chosen: list[str]
) -> list[Evaluation]:
    days = ", ".join(f"{day} ({name})" for day, name in zip(dates, chosen, strict=True))
    protocol = (
        f"backtest on {len(dates)} dates, each fitted only to windows closed by then: {days}; mean "
        "of the dates, calibration on all rows together; intervals resample customers"
    )
    whole = task.evaluations(held, CHOSEN, protocol, dates[-1], "backtest")
    one = "one date of a backtest, fitted only to windows closed by then; chosen: "
    each = [
        row
        for number, day in enumerate(dates)
        for row in task.evaluations(
            held.only_model(CHOSEN).only_part(number),
            CHOSEN,
            one + chosen[number],
            day,
            "backtest date",
        )
    ]
    return whole + each
