"""Segments over a refit and two scorings, on a real Postgres."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from ml import jobs
from ml.jobs import Report
from ml.segmentation import Segmentation
from ml.segmentation.behaviour import BEHAVIOUR
from tests.load_help import execute, query
from tests.ml_help import make_ml_tables
from tests.unit.ml import kinds
from warehouse.bulk import append_frame
from warehouse.connect import connect
from warehouse.settings import Settings

TASK = Segmentation(kinds.CONFIG.model_copy(update={"algorithms": ("kmeans",)}))
FIRST, SECOND = "2024-06-01", "2024-07-01"
KEYS = ["as_of_date", "customer_id", "source_name"]
SCORES = "select {} from ml.customer_segment_scores where as_of_date = '{}' order by customer_id"


@dataclass(frozen=True)
class Shop:
    settings: Settings
    models_dir: Path
    manifest: Path

    def append(self, frame: pd.DataFrame) -> None:
        day = str(frame["as_of_date"].iloc[0].date())
        execute(
            self.settings,
            f"insert into features.ftr_as_of_dates (source_name, as_of_date) values ('s', '{day}')",
        )
        with connect(self.settings) as conn:
            append_frame(conn, "features.ftr_customers", frame[[*KEYS, *BEHAVIOUR]])

    def train(self) -> Report:
        return jobs.train(self.settings, self.manifest, self.models_dir, TASK, "s")

    def score(self, as_of: date | None = None) -> Report:
        return jobs.score(self.settings, self.models_dir, TASK, "s", as_of)

    def scores(self, columns: str, day: str) -> list[tuple[str, ...]]:
        return query(self.settings, SCORES.format(columns, day))


@pytest.fixture
def shop(settings: Settings, tmp_path: Path) -> Iterator[Shop]:
    make_ml_tables(settings)
    measures = ", ".join(f"{name} double precision" for name in BEHAVIOUR)
    execute(
        settings,
        "drop schema if exists features cascade; create schema features; "
        "create table features.ftr_customers "
        f"(as_of_date date, customer_id text, source_name text, {measures}); "
        "create table features.ftr_as_of_dates (source_name text, as_of_date date, "
        "label_end_date date, is_today boolean, is_label_complete boolean, history_days int, "
        "horizon_days int)",
    )
    yield Shop(settings, tmp_path / "models", manifest(tmp_path))
    execute(settings, "drop schema features cascade; drop schema ml cascade")


def manifest(folder: Path) -> Path:
    meta = {name: {"role": "key"} for name in KEYS}
    meta |= {name: {"role": "feature", "kind": "numeric"} for name in BEHAVIOUR}
    columns = {name: {"config": {"meta": each}} for name, each in meta.items()}
    node = {"schema": "features", "alias": "ftr_customers", "columns": columns}
    path = folder / "manifest.json"
    path.write_text(json.dumps({"nodes": {"model.clientele.ftr_customers": node}}))
    return path


def test_ids_outlive_a_refit_and_moves_have_reasons(shop: Shop) -> None:
    before = kinds.shop(day=FIRST).frame
    shop.append(before)
    assert shop.train().decision.kind == "first"
    assert shop.score().row_count == len(before)
    assert shop.score().outcome == "unchanged"
    first = dict(shop.scores("customer_id, segment_id", FIRST))
    assert set(shop.scores("previous_segment_id, move_reason", FIRST)) == {(None, None)}

    after = kinds.shop(day=SECOND).frame
    after.loc[[0, 1], "days_since_last_order"] = 280.0
    shop.append(after)
    decision = shop.train().decision
    assert (decision.kind, decision.reason[:33]) == (
        "promoted",
        "4 of 4 segments keep their id; km",
    )
    shop.score()
    second = dict(shop.scores("customer_id, segment_id", SECOND))
    assert {name for name, segment in second.items() if segment != first[name]} == {"s:0", "s:1"}
    moves = shop.scores("customer_id, previous_segment_id, move_reason", SECOND)
    for name, previous, reason in moves:
        assert previous == first[name]
        moved = name in {"s:0", "s:1"}
        assert (reason or "").startswith("days since the last order rose from") == moved
        assert (reason is None) != moved

    # A scoring of the past does not look at what came later.
    shop.score(as_of=date.fromisoformat(FIRST))
    again = shop.scores("run_id, previous_segment_id, segment_id", FIRST)
    newest = [row for row in again if row[1] is not None]
    assert len(newest) == len(before)
    assert all(previous == segment for _, previous, segment in newest)


def test_what_is_for_looking_at_is_stored_with_the_training(shop: Shop) -> None:
    shop.append(kinds.shop(day=FIRST).frame)
    version = shop.train().model_version
    for table, rows in (
        ("segments", 4),
        ("segment_profiles", 16),
        ("segment_coordinates", 60),
        ("segment_dendrogram", 47),
    ):
        assert query(
            shop.settings,
            f"select count(*), min(model_version), min(source_name), min(as_of_date)::text "
            f"from ml.{table} inner join ml.model_runs using (run_id, model_version, source_name)",
        ) == [(rows, version, "s", FIRST)]


def test_scores_of_before_segments_had_ids_are_not_looked_at(shop: Shop) -> None:
    shop.append(kinds.shop(day=FIRST).frame)
    shop.train()
    execute(
        shop.settings,
        "insert into ml.customer_segment_scores "
        f"(customer_id, source_name, as_of_date, run_id, scored_at) "
        f"values ('s:0', 's', '{FIRST}', 'old', '2024-01-01')",
    )
    assert shop.score().outcome == "scored"
    assert query(
        shop.settings,
        "select count(*) from ml.customer_segment_scores where previous_segment_id is not null",
    ) == [(0,)]
