"""Append runs to ml.*, each in one transaction, and look up the newest. The only writer of `ml`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from psycopg2 import sql
from psycopg2.extensions import connection

from ml.artefact import Artefact
from ml.columns import MODEL_NAME, MODEL_VERSION, RUN_ID, SCORED_AT
from ml.task import Evaluation, Trained
from warehouse.bulk import append_frame, append_frames, read_chunks
from warehouse.connect import connect
from warehouse.settings import Settings

RUNS = "ml.model_runs"
EVALUATIONS = "ml.evaluations"
PROMOTIONS = "ml.model_promotions"

# The newest word on who scores. A shop trained before there were gates has no such word: then the
# newest training scores.
_CHAMPION = """
select model_version from ml.model_promotions
where task_name = %s and source_name = %s and kind <> 'kept'
order by promoted_at desc, promotion_id desc limit 1
"""
_HAS_PROMOTIONS = """
select exists (select from ml.model_promotions where task_name = %s and source_name = %s)
"""


_SCORING_RUNS = """
with recursive runs as (
    (
        select run_id, as_of_date, model_version, scored_at from {table}
        where source_name = %(source)s order by run_id limit 1
    )
    union all
    select following.run_id, following.as_of_date, following.model_version, following.scored_at
    from runs cross join lateral (
        select later.run_id, later.as_of_date, later.model_version, later.scored_at
        from {table} as later
        where later.source_name = %(source)s and later.run_id > runs.run_id
        order by later.run_id limit 1
    ) as following
)
select run_id, as_of_date, model_version, scored_at from runs order by scored_at, run_id
"""
_SCORED_SOURCES = """
with recursive shops as (
    (select source_name from {table} order by source_name limit 1)
    union all
    select following.source_name
    from shops cross join lateral (
        select later.source_name from {table} as later
        where later.source_name > shops.source_name order by later.source_name limit 1
    ) as following
)
select source_name from shops
"""


@dataclass(frozen=True)
class DataWindow:
    """The rows that a training looked at: its as-of dates."""

    first_as_of_date: date
    evaluated_as_of_date: date


@dataclass(frozen=True)
class Promotion:
    """One word on which version scores."""

    kind: str
    """first, promoted, kept or rolled_back."""
    model_version: str
    from_version: str | None
    reason: str
    run_id: str | None = None


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


def champion_version(conn: connection, task: str, source: str) -> str | None:
    """Return the version that scores, or None where none does."""
    with conn.cursor() as cursor:
        cursor.execute(_CHAMPION, (task, source))
        row = cursor.fetchone()
        if row:
            return str(row[0])
        cursor.execute(_HAS_PROMOTIONS, (task, source))
        answer = cursor.fetchone()
    if answer and answer[0]:
        return None
    newest = newest_training(conn, task, source)
    return newest["model_version"] if newest else None


def run_number(conn: connection, table: str, column: str, stem: str) -> int:
    """How many runs of this stem there are, so that the next one gets a name of its own."""
    query = sql.SQL("select count(distinct {run}) from {table} where {run} like %s").format(
        run=sql.Identifier(column), table=sql.Identifier(*table.split("."))
    )
    with conn.cursor() as cursor:
        cursor.execute(query, (f"{stem}-%",))
        row = cursor.fetchone()
    return int(row[0]) if row else 0


@dataclass(frozen=True)
class ScoringRun:
    """A run of a table of scores: one transaction, of one shop as of one day."""

    run_id: str
    as_of_date: date
    model_version: str
    scored_at: datetime


def scored_sources(conn: connection, table: str) -> list[str]:
    """Return the shops that a table of scores holds: looked up one by one, as `scoring_runs`."""
    query = sql.SQL(_SCORED_SOURCES).format(table=sql.Identifier(*table.split(".")))
    with conn.cursor() as cursor:
        cursor.execute(query)
        return [str(row[0]) for row in cursor.fetchall()]


def scoring_runs(conn: connection, table: str, source: str) -> list[ScoringRun]:
    """Return the scoring runs of a shop, oldest first.

    One row of each is read, however many customers it has scored: run by run in the index of
    (source_name, run_id), as the macro `scoring_runs` does.
    """
    query = sql.SQL(_SCORING_RUNS).format(table=sql.Identifier(*table.split(".")))
    with conn.cursor() as cursor:
        cursor.execute(query, {"source": source})
        return [ScoringRun(*row) for row in cursor.fetchall()]


def run_rows(conn: connection, table: str, source: str, run_id: str) -> int:
    """How many rows a scoring run has."""
    query = sql.SQL("select count(*) from {table} where source_name = %s and run_id = %s").format(
        table=sql.Identifier(*table.split("."))
    )
    with conn.cursor() as cursor:
        cursor.execute(query, (source, run_id))
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def count_runs(conn: connection, table: str, source: str, run_ids: Sequence[str]) -> int:
    """How many rows some scoring runs have together."""
    return sum(run_rows(conn, table, source, run_id) for run_id in run_ids)


def drop_runs(conn: connection, table: str, source: str, run_ids: Sequence[str]) -> int:
    """Delete scoring runs of a shop; returns the number of rows."""
    query = sql.SQL("delete from {table} where source_name = %s and run_id = any(%s)").format(
        table=sql.Identifier(*table.split("."))
    )
    with conn.cursor() as cursor:
        cursor.execute(query, (source, list(run_ids)))
        return int(cursor.rowcount)


def earlier_scores(
    settings: Settings, table: str, source: str, columns: Sequence[str], until: date
) -> pd.DataFrame:
    """Return columns of the shop's newest scores that are not of a later day than `until`.

    Returns:
        One row per customer of that run; none where there is no such run, or it was made before
        the table had all of the columns.
    """
    with connect(settings) as conn:
        runs = scoring_runs(conn, table, source)
    past = [run.run_id for run in runs if run.as_of_date <= until]
    parts = list(
        read_chunks(
            settings,
            f"select {', '.join(columns)} from {table} where source_name = $1 and run_id = $2",  # noqa: S608
            (source, past[-1] if past else ""),
        )
    )
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(columns))
    return frame.iloc[:0] if frame.isna().any(axis=None) else frame


def append_training(  # noqa: PLR0913 (what a row of the table holds)
    conn: connection,
    run_id: str,
    fingerprint: str,
    artefact: Artefact,
    trained: Trained,
    window: DataWindow,
    seconds: float,
) -> None:
    """Append one training run, its evaluations and the task's own tables."""
    run = {
        RUN_ID: run_id,
        "task_name": artefact.task_name,
        "source_name": artefact.source_name,
        MODEL_VERSION: artefact.model_version,
        MODEL_NAME: trained.model_name,
        "fingerprint": fingerprint,
        "trained_as_of_date": trained.trained_as_of_date,
        "training_row_count": trained.training_row_count,
        "trained_at": utc_now(),
        "first_as_of_date": window.first_as_of_date,
        "evaluated_as_of_date": window.evaluated_as_of_date,
        "features": ", ".join(artefact.contract.feature_names),
        "parameters": json.dumps(trained.parameters, sort_keys=True, default=str),
        "training_seconds": seconds,
    }
    append_frame(conn, RUNS, pd.DataFrame([run]))
    for table, rows in trained.tables.items():
        named = rows.assign(
            run_id=run_id,
            source_name=artefact.source_name,
            model_version=artefact.model_version,
            as_of_date=pd.Timestamp(trained.trained_as_of_date),
        )
        append_frame(conn, table, named)
    append_evaluations(
        conn,
        run_id,
        artefact.task_name,
        artefact.source_name,
        artefact.model_version,
        trained.evaluations,
    )


def append_evaluations(  # noqa: PLR0913 (what a row of the table holds)
    conn: connection,
    run_id: str,
    task: str,
    source: str,
    version: str | None,
    evaluations: Sequence[Evaluation],
) -> int:
    """Append evaluations of one run; returns the number of rows."""
    shared = {
        RUN_ID: run_id,
        "task_name": task,
        "source_name": source,
        MODEL_VERSION: version,
        "evaluated_at": utc_now(),
    }
    if not evaluations:
        return 0
    rows = [{**shared, **asdict(row)} for row in evaluations]
    return append_frame(conn, EVALUATIONS, pd.DataFrame(rows))


def append_promotion(conn: connection, task: str, source: str, promotion: Promotion) -> str:
    """Append a word on which version scores; returns its id."""
    stem = f"promotion-{task}-{source}"
    number = run_number(conn, PROMOTIONS, "promotion_id", stem) + 1
    row = {
        # Padded, so that two of the same microsecond are in order too.
        "promotion_id": f"{stem}-{number:06d}",
        "task_name": task,
        "source_name": source,
        "kind": promotion.kind,
        MODEL_VERSION: promotion.model_version,
        "from_version": promotion.from_version,
        "reason": promotion.reason,
        RUN_ID: promotion.run_id,
        "promoted_at": utc_now(),
    }
    append_frame(conn, PROMOTIONS, pd.DataFrame([row]))
    return str(row["promotion_id"])


def append_scores(
    conn: connection, table: str, run_id: str, artefact: Artefact, parts: Iterable[pd.DataFrame]
) -> int:
    """Append the rows of one scoring run, which come in parts; returns their number.

    Parts are made in a thread while others are sent: whatever makes them leaves `conn` alone.
    """
    # Of the transaction, so that all rows of a run have one time.
    now = _transaction_time(conn)

    def named(part: pd.DataFrame) -> pd.DataFrame:
        rows = part.copy(deep=False)
        rows[MODEL_NAME] = artefact.model_name
        rows[MODEL_VERSION] = artefact.model_version
        rows[RUN_ID] = run_id
        rows[SCORED_AT] = now
        return rows

    return append_frames(conn, table, map(named, parts))


def _transaction_time(conn: connection) -> datetime:
    with conn.cursor() as cursor:
        cursor.execute("select (now() at time zone 'utc')::timestamp")
        row = cursor.fetchone()
    found: datetime = row[0] if row else utc_now()
    return found
