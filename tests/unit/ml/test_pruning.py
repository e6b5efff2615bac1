"""Which past scores stay: those that a history or an outcome reads."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from ml.pruning import runs_to_keep
from ml.store import ScoringRun

NOON = datetime(2024, 1, 1, 12)


def run(day: str, version: str = "v1", run_id: str | None = None, hour: int = 0) -> ScoringRun:
    made = NOON + timedelta(days=(date.fromisoformat(day) - date(2024, 1, 1)).days, hours=hour)
    return ScoringRun(run_id or f"{version}-{day}", date.fromisoformat(day), version, made)


def every_day(first: str, last: str, version: str = "v1") -> list[ScoringRun]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    return [run(day.isoformat(), version) for day in days]


def kept_days(runs: list[ScoringRun], keep_days: int) -> list[str]:
    kept = runs_to_keep(runs, keep_days)
    return [run.as_of_date.isoformat() for run in runs if run.run_id in kept]


def test_nothing_is_kept_of_nothing() -> None:
    assert runs_to_keep([], 30) == set()


def test_of_a_shop_scored_every_day_the_first_of_each_month_and_the_last_days_stay() -> None:
    runs = every_day("2024-01-10", "2024-04-05")
    assert kept_days(runs, 2) == [
        *("2024-01-10", "2024-02-01", "2024-03-01", "2024-04-01"),
        *("2024-04-03", "2024-04-04", "2024-04-05"),
    ]


def test_what_was_in_force_when_a_month_began_stays_though_it_is_older() -> None:
    runs = [run(day) for day in ("2024-01-05", "2024-01-20", "2024-03-10", "2024-03-20")]
    # 01-05 is the first of its month, 01-20 was in force on 02-01 and on 03-01, 03-10 is a first.
    assert kept_days(runs, 0) == ["2024-01-05", "2024-01-20", "2024-03-10", "2024-03-20"]
    assert kept_days([*runs[:1], run("2024-01-12"), *runs[1:]], 0) == kept_days(runs, 0)


def test_each_version_keeps_its_first_day_of_a_month() -> None:
    runs = [*every_day("2024-01-01", "2024-01-20"), *every_day("2024-01-21", "2024-02-20", "v2")]
    assert kept_days(runs, 0) == ["2024-01-01", "2024-01-21", "2024-02-01", "2024-02-20"]


def test_of_a_day_scored_twice_the_newest_run_counts() -> None:
    runs = [
        run("2024-01-01", run_id="old"),
        run("2024-01-01", run_id="new", hour=1),
        run("2024-03-01", run_id="today"),
    ]
    assert runs_to_keep(runs, 0) == {"new", "today"}


def test_what_was_written_last_stays_even_if_it_is_of_an_older_day() -> None:
    runs = [run("2024-03-01"), run("2024-02-10", run_id="again", hour=24 * 30)]
    runs.sort(key=lambda each: each.scored_at)
    assert "again" in runs_to_keep(runs, 0)


@pytest.mark.parametrize("keep_days", [0, 7, 400])
def test_pruning_again_drops_nothing(keep_days: int) -> None:
    runs = [*every_day("2024-01-03", "2024-05-20"), *every_day("2024-05-21", "2024-07-02", "v2")]
    once = runs_to_keep(runs, keep_days)
    left = [run for run in runs if run.run_id in once]
    assert runs_to_keep(left, keep_days) == once
