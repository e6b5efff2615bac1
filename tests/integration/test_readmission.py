"""Rows come back once a rule changed: a small project with the real rules, and dbt itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.landing import load_files
from orchestration.console import Console
from orchestration.job import Job
from orchestration.readmission import readmit
from tests.embedded_help import PROJECT_DIR
from tests.load_help import csv_text, execute, line, query
from warehouse.errors import UsageError
from warehouse.profile import write_profile
from warehouse.settings import Settings

BASE = "models/staging/online_retail/base/base_online_retail__lines.sql"
QUANTITY = '["quantity = 0", "quantity is zero"],'
MOST = '["quantity > 100", "quantity is no retail quantity"],'
# What stands behind staging takes a minute to build and adds nothing here; unit tests of a rule
# change with the rule.
LEFT_OUT = (
    *("intermediate", "marts", "features", "predictions", "exposures", "monitoring", "metrics"),
    "*__unit_tests.yml",
)


@pytest.fixture
def job(settings: Settings, tmp_path: Path) -> Iterator[Job]:
    """A job on a database of its own, in a copy of the project that has staging only."""
    folder = tmp_path / "project"
    for name in ("models", "macros", "seeds", "dbt_packages", "ingest/suites"):
        leave_out = shutil.ignore_patterns(*LEFT_OUT)
        shutil.copytree(PROJECT_DIR / name, folder / name, ignore=leave_out)
    for name in ("dbt_project.yml", "packages.yml", "profiles.example.yml"):
        shutil.copy(PROJECT_DIR / name, folder / name)
    execute(settings, "create database clientele_readmit")
    info = settings.connection.model_copy(update={"dbname": "clientele_readmit", "kind": "server"})
    changes = {"project_dir": folder, "home_dir": tmp_path / "home"}
    made = settings.with_connection(info).model_copy(update=changes)
    write_profile(made)
    try:
        yield Job(made, Console())
    finally:
        execute(settings, "drop database clientele_readmit with (force)")


def change(job: Job, old: str, new: str) -> None:
    path = job.settings.project_dir / BASE
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def load(job: Job, name: str, *lines: str) -> None:
    path = job.settings.project_dir / name
    path.write_text(csv_text(*lines))
    load_files(job.settings, "online_retail", [path])


@pytest.mark.slow
def test_rows_come_back_and_others_go(job: Job) -> None:
    with pytest.raises(UsageError, match="nothing is built yet"):
        readmit(job, "online_retail")
    job.build()
    load(
        job, "a.csv", line(1), line(2, Quantity="0"), line(3, Quantity="900"), line(4, StockCode="")
    )
    job.build()
    rejects = "select _row_number from staging.staging_rejects order by 1"
    assert query(job.settings, rejects) == [(2,), (4,)]
    assert readmit(job, "online_retail").lines()[0] == "0 rows came back"

    change(job, QUANTITY, MOST)
    # Landed since the last build: never staged, so neither back nor newly rejected.
    load(job, "b.csv", line(5, Quantity="901"), line(6))
    found = readmit(job)
    table = "online_retail__lines"
    assert found.came_back == {(table, "quantity is zero"): 1}
    assert found.newly_rejected == {(table, "quantity is no retail quantity"): 1}
    assert not found.other_reason
    assert query(job.settings, rejects) == [(1,), (3,), (4,)]

    change(job, '"stock code is missing"', '"no stock code"')
    assert readmit(job, "online_retail").lines() == [
        "0 rows came back",
        "0 rows newly rejected",
        "1 row rejected for another reason now",
        "  1 of online_retail__lines: no stock code",
    ]
    with pytest.raises(UsageError, match="no source 'nowhere'"):
        readmit(job, "nowhere")
