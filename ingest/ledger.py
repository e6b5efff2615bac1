"""raw.load_batches: what was loaded and what was refused, one row per attempt."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Literal

from psycopg2.extensions import cursor as Cursor
from pydantic import BaseModel, ConfigDict

from ingest.contract import Table
from warehouse.connect import lock_key

TABLE = "load_batches"
RELATION = f"raw.{TABLE}"

_LOADED = """
select batch_id, row_count from raw.load_batches
where state = 'loaded' and source_name = %s and table_name = %s and {column} = %s
order by batch_id limit 1
"""
# Batches from before there was such a column may be of any size.
_OF_SIZE = """
select exists (
    select from raw.load_batches
    where state = 'loaded' and source_name = %s and table_name = %s
        and (file_bytes = %s or file_bytes is null)
)
"""
_BY_FILE = _LOADED.format(column="file_sha256")
_BY_CONTENT = _LOADED.format(column="content_sha256")

_INSERT = """
insert into raw.load_batches (
    batch_id, source_name, table_name, source_file, file_bytes, file_sha256, content_sha256,
    row_count, state, message, loaded_by, started_at, finished_at
) values (
    %(batch_id)s, %(source_name)s, %(table_name)s, %(source_file)s, %(file_bytes)s,
    %(file_sha256)s, %(content_sha256)s, %(row_count)s, %(state)s, %(message)s, current_user,
    %(started_at)s, %(finished_at)s
)
"""


class Attempt(BaseModel):
    """One attempt to load a file, as the ledger tells it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source_name: str
    table_name: str
    """The table in schema raw, for example online_retail__lines."""
    source_file: str
    file_bytes: int
    file_sha256: str | None = None
    """None until somebody read the file."""
    started_at: datetime


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended."""

    state: Literal["loaded", "refused"]
    content_sha256: str | None = None
    row_count: int | None = None
    message: str | None = None


class LoadedBatch(BaseModel):
    """A batch whose rows are in the table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    batch_id: int
    row_count: int


def utc_now() -> datetime:
    """Return the time in UTC, without a zone, as the ledger holds it."""
    return datetime.now(UTC).replace(tzinfo=None)


def may_hold_file(cursor: Cursor, attempt: Attempt) -> bool:
    """Tell whether a batch holds a file of the same size; only then is the hash worth its time."""
    cursor.execute(_OF_SIZE, (attempt.source_name, attempt.table_name, attempt.file_bytes))
    return bool(_one(cursor))


def find_by_file(cursor: Cursor, attempt: Attempt, file_sha256: str) -> LoadedBatch | None:
    """Return the batch that holds this very file, if there is one."""
    return _find(cursor, _BY_FILE, attempt, file_sha256)


def find_by_content(cursor: Cursor, attempt: Attempt, content_sha256: str) -> LoadedBatch | None:
    """Return the batch that holds the same content under whatever name or compression."""
    return _find(cursor, _BY_CONTENT, attempt, content_sha256)


def claim_batch_id(cursor: Cursor) -> int:
    """Return the next free number, which nobody else gets before this transaction ends.

    An advisory lock on the number, and not on the ledger, so that loads into different tables
    do not wait for each other.
    """
    cursor.execute("select coalesce(max(batch_id), 0) + 1 from raw.load_batches")
    number = int(_one(cursor))
    while not _claim(cursor, number):
        number += 1
    return number


def record(cursor: Cursor, attempt: Attempt, batch_id: int, outcome: Outcome) -> None:
    """Write the row of an attempt that has just ended.

    Raises:
        psycopg2.errors.UniqueViolation: the same content was loaded by somebody else meanwhile.
    """
    ended = {"batch_id": batch_id, "finished_at": utc_now()}
    cursor.execute(_INSERT, attempt.model_dump() | asdict(outcome) | ended)


def is_outdated(cursor: Cursor) -> bool:
    """Tell whether the ledger was made before `file_bytes` was declared."""
    return "file_bytes" not in _columns(cursor, TABLE)


def missing_columns(cursor: Cursor, table: Table) -> list[str] | None:
    """Return the contract's columns that the raw table lacks, or None if there is no table."""
    found = _columns(cursor, table.identifier)
    if not found or not _columns(cursor, TABLE):
        return None
    return [column.name for column in table.columns if column.name not in found]


def _columns(cursor: Cursor, identifier: str) -> set[str]:
    cursor.execute(
        "select attname from pg_attribute where attrelid = to_regclass(%s) "
        "and attnum > 0 and not attisdropped",
        (f"raw.{identifier}",),
    )
    return {str(row[0]) for row in cursor.fetchall()}


def _find(cursor: Cursor, query: str, attempt: Attempt, digest: str) -> LoadedBatch | None:
    cursor.execute(query, (attempt.source_name, attempt.table_name, digest))
    row = cursor.fetchone()
    return LoadedBatch(batch_id=row[0], row_count=row[1]) if row else None


def _claim(cursor: Cursor, number: int) -> bool:
    key = lock_key(f"batch {number}")
    cursor.execute("select pg_try_advisory_xact_lock(%s)", (key,))
    if not _one(cursor):
        return False
    # Its last holder may have committed between our look at the ledger and the lock.
    cursor.execute("select exists (select from raw.load_batches where batch_id = %s)", (number,))
    return not _one(cursor)


def _one(cursor: Cursor) -> int:
    row = cursor.fetchone()
    return int(row[0]) if row else 0
