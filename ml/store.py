"""Append runs to ml.*, each in one transaction, and look up the newest. The only writer of `ml`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from psycopg2 import sql
from psycopg2.extensions import connection

from ml.artefact import Artefact
from ml.columns import MODEL_NAME, MODEL_VERSION, RUN_ID, SCORED_AT
from ml.task import Trained
from warehouse.bulk import append_frame

RUNS = "ml.model_runs"
EVALUATIONS = "ml.evaluations"


def utc_now() -> datetime:
    """The time to record, as a naive UTC timestamp. It never decides a result."""
    return datetime.now(UTC).replace(tzinfo=None)


def newest_training(conn: connection, task: str, source: str) -> dict[str, Any] | None:
    """Return `run_id`, `model_version` and `fingerprint` of the newest training, if any."""
    with conn.cursor() as cursor:
        cursor.execute(
            "select run_id, model_version, fingerprint from ml.model_runs "
            "where task_name = %s and source_name = %s "
            "order by trained_at desc, run_id desc limit 1",
            (task, source),
        )
        row = cursor.fetchone()
    return dict(zip(("run_id", "model_version", "fingerprint"), row, strict=True)) if row else None


def run_number(conn: connection, table: str, column: str, stem: str) -> int:
    """How many runs of this stem there are, so that the next one gets a name of its own."""
    query = sql.SQL("select count(distinct {run}) from {table} where {run} like %s").format(
        run=sql.Identifier(column), table=sql.Identifier(*table.split("."))
    )
    with conn.cursor() as cursor:
        cursor.execute(query, (f"{stem}-%",))
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def newest_scoring(conn: connection, table: str, source: str) -> str | None:
    """Return the run id of the shop's newest scores in the table, if any."""
    query = sql.SQL(
        "select run_id from {table} where source_name = %s "
        "order by scored_at desc, run_id desc limit 1"
    ).format(table=sql.Identifier(*table.split(".")))
    with conn.cursor() as cursor:
        cursor.execute(query, (source,))
        row = cursor.fetchone()
    return str(row[0]) if row else None


def append_training(
    conn: connection, run_id: str, fingerprint: str, artefact: Artefact, trained: Trained
) -> None:
    """Append one training run and its evaluations."""
    now = utc_now()
    shared = {
        RUN_ID: run_id,
        "task_name": artefact.task_name,
        "source_name": artefact.source_name,
        MODEL_VERSION: artefact.model_version,
    }
    run = {
        **shared,
        MODEL_NAME: trained.model_name,
        "fingerprint": fingerprint,
        "trained_as_of_date": trained.trained_as_of_date,
        "training_row_count": trained.training_row_count,
        "trained_at": now,
    }
    append_frame(conn, RUNS, pd.DataFrame([run]))
    rows = [{**shared, **asdict(row), "evaluated_at": now} for row in trained.evaluations]
    append_frame(conn, EVALUATIONS, pd.DataFrame(rows))


def append_scores(
    conn: connection, table: str, run_id: str, artefact: Artefact, scores: pd.DataFrame
) -> int:
    """Append one scoring run; returns the number of rows."""
    rows = scores.copy()
    rows[MODEL_NAME] = artefact.model_name
    rows[MODEL_VERSION] = artefact.model_version
    rows[RUN_ID] = run_id
    rows[SCORED_AT] = utc_now()
    return append_frame(conn, table, rows)
