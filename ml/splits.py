"""Ways to split rows into those to learn from and those to measure on.

`ForwardSplits` for whatever has time: what is measured lies later than what was learned from.
`CustomerFolds` for a population seen once: folds of customers, never of rows.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field
from sklearn.model_selection import GroupKFold, StratifiedKFold

from ml.columns import AS_OF_DATE, HORIZON_DAYS, LABEL_END_DATE
from ml.estimators import SEED
from ml.task import NotEnoughData, TrainingData
from warehouse.errors import ClienteleError

Split = tuple[pd.DataFrame, pd.DataFrame]
"""Rows to fit, rows to hold out."""


class Usable(Protocol):
    """Tells whether rows are enough to learn from or to measure on."""

    def __call__(self, rows: pd.DataFrame) -> bool:
        """Whether they are."""


class ForwardSplits(BaseModel):
    """Learn from as-of dates whose label windows closed on or before the evaluation date."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    training_dates: int = Field(default=12, ge=1)
    """How many of the newest as-of dates are learned from: a year of months sees every season."""
    validation_dates: int = Field(default=3, ge=1)
    """How many of the newest training dates the choice of the estimator looks at."""
    folds: int = Field(default=5, ge=2)
    """Of customers, where no training date is preceded by a closed one."""

    def dates(
        self, spine: pd.DataFrame, asked: date | None, task: str, source: str
    ) -> tuple[list[date], date]:
        """Return the as-of dates to read and the one to evaluate at.

        Args:
            spine: as from `ml.frames.as_of_dates`.
            asked: the date to evaluate at, or None for the newest possible.
            task: name of the task, for messages.
            source: the shop, for messages.

        Raises:
            NotEnoughData: no date can be evaluated, or none can be learned from before it.
            ClienteleError: there is no closed as-of date `asked`.
        """
        closed = learnable_dates(spine, task, source)
        evaluated = _evaluation_date(closed, asked, source)
        before = closed[closed[LABEL_END_DATE] <= pd.Timestamp(evaluated)][AS_OF_DATE]
        if before.empty:
            raise NotEnoughData(
                f"{task} of {source} cannot be evaluated as of {evaluated}: no earlier as-of date "
                "had its window closed by then; it takes about three horizons of orders"
            )
        most = self.training_dates
        newest = closed[AS_OF_DATE].tail(most)
        days = {*before.tail(most), *newest, pd.Timestamp(evaluated)}
        return sorted(day.date() for day in days), evaluated

    def backtest_dates(self, spine: pd.DataFrame, task: str, source: str) -> list[date]:
        """Return every date that can be evaluated: earlier windows had closed by then.

        Raises:
            NotEnoughData: there is none.
        """
        closed = learnable_dates(spine, task, source)
        first = closed[LABEL_END_DATE].min()
        found = [day.date() for day in closed[AS_OF_DATE] if day >= first]
        if not found:
            raise NotEnoughData(
                f"{task} of {source} has no date to backtest at: no as-of date with a known "
                "outcome lies after a closed window; it takes about three horizons of orders"
            )
        return found

    def parts(self, data: TrainingData) -> list[Split]:
        """One part: the past of the evaluation date, and its rows."""
        evaluated = pd.Timestamp(data.evaluate_at)
        closed = data.frame[data.frame[LABEL_END_DATE] <= evaluated]
        past = newest_dates(closed, self.training_dates)
        return [(past, data.frame[data.frame[AS_OF_DATE] == evaluated])]

    def choosing(self, data: TrainingData) -> pd.DataFrame:
        """Rows that the choice of estimator, parameters and calibration may look at."""
        return self.parts(data)[0][0]

    def newest(self, data: TrainingData) -> pd.DataFrame:
        """Rows that the model that scores is fitted to."""
        return newest_dates(data.frame, self.training_dates)

    def validation(
        self, past: pd.DataFrame, entity: str, label: str, usable: Usable
    ) -> list[Split]:
        """Splits of the past into rows to fit and rows to hold out, newest first.

        A held-out date is preceded by dates whose windows had closed by then, as at evaluation.
        Where no date is, folds of customers are held out instead: never of rows, since the windows
        of one customer overlap.
        """
        forward = []
        for day in sorted(past[AS_OF_DATE].unique(), reverse=True)[: self.validation_dates]:
            fit, held = past[past[LABEL_END_DATE] <= day], past[past[AS_OF_DATE] == day]
            if usable(fit) and usable(held):
                forward.append((fit, held))
        if forward:
            return forward
        folds = GroupKFold(self.folds).split(past, groups=past[entity])
        return [(past.iloc[fit], past.iloc[held]) for fit, held in folds]

    def describe(self, data: TrainingData, label: str) -> str:
        """The split in words, for the evaluations table."""
        past, _ = self.parts(data)[0]
        days = [f"{day:%Y-%m-%d}" for day in sorted(past[AS_OF_DATE].unique())]
        return (
            f"fitted to {len(past)} customer rows of {len(days)} as-of dates "
            f"({days[0]} to {days[-1]}), all with windows closed by {data.evaluate_at}; "
            f"measured on all customers as of {data.evaluate_at}, {label} of the "
            f"{data.details[HORIZON_DAYS]} days from then on; "
            "estimator chosen on held-out rows of the former"
        )


class CustomerFolds(BaseModel):
    """Repeated folds of customers, stratified by outcome, for a population without time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folds: int = Field(default=5, ge=2)
    repeats: int = Field(default=3, ge=1)

    def dates(
        self, spine: pd.DataFrame, asked: date | None, task: str, source: str
    ) -> tuple[list[date], date]:
        """Return the newest as-of date of the population: all of it is read.

        Raises:
            NotEnoughData: there is none.
            ClienteleError: another date was asked for.
        """
        if spine.empty:
            raise NotEnoughData(f"{task} of {source} has no rows to learn from")
        newest = spine[AS_OF_DATE].iloc[-1].date()
        if asked not in (None, newest):
            raise ClienteleError(
                f"{task} of {source} is measured on folds of the customers as of {newest}: "
                "there is no other date to evaluate at"
            )
        return [newest], newest

    def backtest_dates(self, spine: pd.DataFrame, task: str, source: str) -> list[date]:
        """Refuse: there is one date.

        Raises:
            ClienteleError: always.
        """
        raise ClienteleError(
            f"{task} has no past dates to test at: its evaluation is {self.repeats} times "
            f"{self.folds} folds of customers; see 'clientele evaluate {task}'"
        )

    def parts(self, data: TrainingData) -> list[Split]:
        """All folds of all repeats."""
        return [
            split
            for repeat in range(self.repeats)
            for split in self._folds(data.frame, str(data.details["label"]), SEED + repeat)
        ]

    def choosing(self, data: TrainingData) -> pd.DataFrame:
        """All rows: the choice looks at folds of its own (see `validation`)."""
        return data.frame

    def newest(self, data: TrainingData) -> pd.DataFrame:
        """All rows."""
        return data.frame

    def validation(
        self, past: pd.DataFrame, entity: str, label: str, usable: Usable
    ) -> list[Split]:
        """Folds of these rows, drawn otherwise than those of the evaluation."""
        return self._folds(past, label, SEED - 1)

    def describe(self, data: TrainingData, label: str) -> str:
        """The split in words, for the evaluations table."""
        return (
            f"{self.repeats} times {self.folds} folds of {len(data.frame)} customers, stratified "
            f"by {label}: fitted to the other folds, metric of each fold, their mean; estimator "
            "chosen on other folds of the same customers"
        )

    def _folds(self, rows: pd.DataFrame, label: str, seed: int) -> list[Split]:
        folds = StratifiedKFold(self.folds, shuffle=True, random_state=seed)
        return [
            (rows.iloc[fit], rows.iloc[held])
            for fit, held in folds.split(rows, rows[label].astype(str))
        ]


SplitRule = ForwardSplits | CustomerFolds


def newest_dates(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """Rows of the newest as-of dates of a frame."""
    kept = sorted(frame[AS_OF_DATE].unique())[-most:]
    return frame[frame[AS_OF_DATE].isin(kept)]


def learnable_dates(dates: pd.DataFrame, task: str, source: str) -> pd.DataFrame:
    """As-of dates with a closed window and at least one horizon of history.

    Raises:
        NotEnoughData: there is none.
    """
    closed = dates[dates["is_label_complete"] & (dates["history_days"] >= dates[HORIZON_DAYS])]
    if closed.empty:
        raise NotEnoughData(
            f"{task} of {source} needs at least two horizons of orders "
            "(one to describe customers by, one to see what they did)"
        )
    return closed


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
