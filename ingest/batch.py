"""One file into one batch, in one transaction: a kill at any time leaves nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

import psycopg2
from psycopg2.extensions import cursor as Cursor

from ingest import copy_errors, ledger
from ingest.contract import SCHEMA, Table
from ingest.copy_plan import CopyPlan, plan_copy
from ingest.copy_stream import ReadAhead
from ingest.end_marker import FIRST_SERVER_WITHOUT, refuse_end_marker
from ingest.expectations import BatchChecks, Verdict
from ingest.forget.arrivals import empty_arrivals
from ingest.gates import store
from ingest.header_match import HeaderMatch, match_header
from ingest.inputs import BLOCK_BYTES, Input
from ingest.ledger import Attempt, LoadedBatch, Outcome
from ingest.matching import Assignment
from ingest.quote_check import refuse_stray_quotes
from ingest.readers import file_sha256, open_input
from ingest.session import Session, transaction
from warehouse.errors import InputRefused

_SETTINGS = """
select set_config('clientele.batch_id', %s, true), set_config('clientele.source_file', %s, true),
    set_config('clientele.source_name', %s, true), setval(%s, 1, false)
"""


class AlreadyLoaded(Exception):
    """The content turned out to be loaded already, under another name or compression."""

    def __init__(self, batch: LoadedBatch) -> None:
        super().__init__(f"batch {batch.batch_id}")
        self.batch = batch


class Refusal(InputRefused):
    """A batch that could be read to its end but breaks its expectations."""

    def __init__(self, message: str, row_count: int, content_sha256: str, verdict: Verdict) -> None:
        super().__init__(message)
        self.row_count = row_count
        self.content_sha256 = content_sha256
        self.verdict = verdict


@dataclass(frozen=True)
class Landed:
    """A batch that was stored."""

    batch: LoadedBatch
    match: HeaderMatch
    """How its header fits: what was left out, and what it lacks."""
    warnings: tuple[str, ...]
    """What the gates found odd about it, and that it holds rows of forgotten customers."""


def land(
    session: Session,
    item: Assignment,
    attempt: Attempt,
    checks_of: Callable[[Table], BatchChecks],
) -> Landed:
    """Store a file as a batch and write it into the ledger; the caller holds the table's lock.

    Raises:
        AlreadyLoaded: the content is in the table already; nothing was changed.
        InputRefused: the file does not fit; nothing was changed.
    """
    before = os.stat(item.path)
    with closing(
        open_input(item.path, item.table, check_text=not _server_checks(session))
    ) as opened:
        match = match_header(
            item.path.name,
            opened.header,
            session.source,
            item.table,
            allow_extra=session.allow_extra_columns,
        )
        checks = checks_of(item.table)
        with transaction(session.conn) as cursor:
            batch_id = _open_batch(session, cursor, item)
            checks.before_copy()
            row_count = _copy(session, cursor, item, opened, match)
            # What did not read the file from start to end leaves its hash to us.
            digest = session.identity(item.path.name, opened.file_sha256 or file_sha256(item.path))
            content = session.identity(item.path.name, opened.content_sha256)
            _refuse_changed(item, before)
            attempt = attempt.model_copy(
                update={"file_sha256": digest, "file_bytes": before.st_size}
            )
            _raise_if_known(cursor, attempt, content)
            verdict = checks.judge(row_count, attempt.source_name)
            if verdict.problem:
                raise Refusal(f"{item.path.name}: {verdict.problem}", row_count, content, verdict)
            if emptied := empty_arrivals(cursor, item.table):
                verdict = verdict.without_values(item.table, emptied)
            outcome = Outcome("loaded", content, row_count)
            ledger.record(cursor, attempt, batch_id, outcome)
            store.write_checks(cursor, batch_id, attempt, verdict.results)
            store.write_statistics(
                cursor, batch_id, attempt, verdict.statistics, is_sampled=verdict.is_sampled
            )
    batch = LoadedBatch(batch_id=batch_id, row_count=row_count)
    return Landed(batch, match, verdict.warnings)


def _open_batch(session: Session, cursor: Cursor, item: Assignment) -> int:
    """Set what the columns' defaults read: number, file and shop, and the row count from 1."""
    batch_id = ledger.claim_batch_id(cursor)
    sequence = f"{SCHEMA}.{item.table.identifier}__row_number"
    cursor.execute(_SETTINGS, (str(batch_id), item.path.name, session.source_name, sequence))
    return batch_id


def _copy(
    session: Session, cursor: Cursor, item: Assignment, opened: Input, match: HeaderMatch
) -> int:
    """Send the file's blocks to the server; return the number of rows."""
    name, size = item.path.name, item.path.stat().st_size
    plan = plan_copy(name, item.table, opened.header, match, all_columns=not opened.can_select)
    blocks = opened.blocks(match.positions)
    if session.conn.server_version < FIRST_SERVER_WITHOUT:
        blocks = refuse_end_marker(name, blocks)
    if not opened.can_select:
        blocks = refuse_stray_quotes(name, opened.header_lines, blocks)
    stream = ReadAhead(blocks, lambda: session.progress(name, opened.bytes_done, size))
    try:
        row_count = _run(cursor, plan, stream)
    except psycopg2.Error as error:
        if stream.failure is not None:
            raise stream.failure from None
        if error.pgcode in copy_errors.ENCODING_STATES:
            _refuse_bad_text(item, match)
        raise copy_errors.explain(error, name, opened.header_lines, plan.headers) or error from None
    finally:
        stream.close()
    if row_count == 0:
        raise InputRefused(
            f"{name}: a header but no rows; check the filter of the export, or leave the file out"
        )
    return row_count


def _server_checks(session: Session) -> bool:
    """Tell whether COPY finds what is not UTF-8: a server of encoding SQL_ASCII takes all bytes."""
    return session.conn.get_parameter_status("server_encoding") == "UTF8"


def _refuse_bad_text(item: Assignment, match: HeaderMatch) -> None:
    """Read the file again for the line and the byte that the server does not tell.

    Raises:
        InputRefused: says where the file is not UTF-8.
    """
    with closing(open_input(item.path, item.table, check_text=True)) as again:
        for _ in again.blocks(match.positions):
            pass


def _run(cursor: Cursor, plan: CopyPlan, stream: ReadAhead) -> int:
    if plan.before:
        cursor.execute(plan.before)
    cursor.copy_expert(plan.copy, cast(Any, stream), size=BLOCK_BYTES)  # it only calls read
    row_count = cursor.rowcount
    if plan.after:
        cursor.execute(plan.after)
    return row_count


def _refuse_changed(item: Assignment, before: os.stat_result) -> None:
    try:
        after = os.stat(item.path)
    except OSError:
        raise InputRefused(
            f"{item.path.name}: the file went away while it was read; load it where it stays"
        ) from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise InputRefused(
            f"{item.path.name}: the file changed while it was read; load it once it is complete"
        )


def _raise_if_known(cursor: Cursor, attempt: Attempt, content_sha256: str) -> None:
    known = ledger.find_by_content(cursor, attempt, content_sha256)
    if known:
        raise AlreadyLoaded(known)
