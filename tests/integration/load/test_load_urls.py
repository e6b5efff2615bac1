"""A URL loads as the file behind it does, and nothing of the download stays."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ingest.given import given_paths
from ingest.landing import BatchResult, load_files
from tests.load_help import csv_text, line, query
from tests.web_help import folder_server
from warehouse.errors import InputRefused

LEDGER = "select source_file, state, row_count from raw.load_batches order by batch_id"


@pytest.fixture
def served(tmp_path) -> Path:
    folder = tmp_path / "served" / "exports"
    folder.mkdir(parents=True)
    return folder


def load(db, home: Path, *given: str) -> list[BatchResult]:
    with given_paths(given, home, lambda *args: None) as paths:
        return load_files(db, "online_retail", paths)


def left(home: Path) -> list[Path]:
    return list((home / "downloads").iterdir())


def test_file_and_folder_on_a_server(db, served, tmp_path):
    (served / "a.csv.gz").write_bytes(gzip.compress(csv_text().encode()))
    (served / "b.csv").write_text(csv_text(line(3)))
    (served / "readme.txt.md").write_text("no data")
    with folder_server(served.parent) as url:
        load(db, tmp_path, f"{url}/exports/a.csv.gz")
        results = load(db, tmp_path, f"{url}/exports/")
    assert [(result.path.name, result.state) for result in results] == [
        ("a.csv.gz", "already loaded"),
        ("b.csv", "loaded"),
    ]
    assert query(db, LEDGER) == [("a.csv.gz", "loaded", 2), ("b.csv", "loaded", 1)]
    assert left(tmp_path) == []


def test_refused_download_goes_away_too(db, served, tmp_path):
    (served / "a.csv").write_text("a,b\n1,2\n")
    with (
        folder_server(served.parent) as url,
        pytest.raises(InputRefused, match=r"^a\.csv: required columns"),
    ):
        load(db, tmp_path, f"{url}/exports/a.csv")
    assert left(tmp_path) == []


def test_paths_need_no_web(db, served, tmp_path):
    (served / "a.csv").write_text(csv_text())
    assert load(db, tmp_path, str(served))[0].row_count == 2
    assert not (tmp_path / "downloads").exists()
