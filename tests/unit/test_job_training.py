"""The order in which a job trains."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ml import jobs
from orchestration.console import Console
from orchestration.job import Job


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Job:
    """A job whose shop has features of every task."""
    monkeypatch.setattr(jobs, "sources", lambda *_: ["shop"])
    settings: Any = SimpleNamespace(home_dir=tmp_path, target_dir=tmp_path, tasks=None)
    return Job(settings, Console())


def trained(job: Job, monkeypatch: pytest.MonkeyPatch, tasks: tuple[str, ...] = ()) -> list[str]:
    """Names of tasks in the order in which they were trained."""
    names: list[str] = []

    def train(_settings: Any, _manifest: Any, _models: Any, task: Any, *_: Any) -> jobs.Report:
        names.append(task.name)
        return jobs.Report(task.name, "shop", "unchanged")

    monkeypatch.setattr(jobs, "train", train)
    job.train(tasks)
    return names


def test_what_needs_the_most_memory_trains_first(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    names = trained(job, monkeypatch)
    others = [name for name in jobs.TASKS if name != "recommendations"]
    assert names == ["recommendations", *others]


def test_the_others_train_in_the_order_in_which_they_are_named(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert trained(job, monkeypatch, ("clv", "churn")) == ["clv", "churn"]


def test_recommendations_do_not_score_first() -> None:
    # Any day can be scored for them: of one that the other tasks refuse, nothing must be stored.
    assert next(iter(jobs.TASKS)) != "recommendations"
