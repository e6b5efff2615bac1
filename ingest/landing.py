"""Load files into raw tables: each file is one transaction and one batch, or it is refused.

A batch is stored as it arrived: every value as text, a value between quotes kept as it is, and
nothing between two commas as null. Its rows are numbered from 1 in the order of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Literal

from psycopg2.errors import UniqueViolation
from pydantic import BaseModel, ConfigDict

from ingest import ledger
from ingest.batch import AlreadyLoaded, Refusal, land
from ingest.contract import Column, Table, load_contract, shop_name
from ingest.expectations import BatchChecks
from ingest.gates import store
from ingest.gates.gx_import import Library
from ingest.gates.suite import Suite, load_suites
from ingest.ledger import Attempt, LoadedBatch, Outcome
from ingest.matching import Assignment, assign
from ingest.readers import file_sha256, refuse_unreadable
from ingest.session import Session, transaction
from warehouse.connect import advisory_lock, connect
from warehouse.errors import Busy, ClienteleError, InputRefused
from warehouse.settings import Settings

Progress = Callable[[str, int, int], None]
"""Called with a file's name, and its bytes on disk: how many were read, and how many there are."""


class BatchResult(BaseModel):
    """What became of one file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path
    source: str
    """The shop: the source's own name, unless several shops load into it."""
    table: str
    """The table as named in the contract."""
    relation: str
    """The table in the database, for example raw.online_retail__lines."""
    state: Literal["loaded", "already loaded"]
    batch_id: int
    """Of an already loaded file: the batch that has its rows."""
    row_count: int
    extra_columns: tuple[str, ...] = ()
    """Headers that the contract does not know, and whose values were left out."""
    absent_columns: tuple[Column, ...] = ()
    """Optional columns that the file lacks."""
    warnings: tuple[str, ...] = ()
    """What is odd about a loaded batch: checks of severity warn that it does not meet."""


def load_files(  # noqa: PLR0913 (what a command line may ask for)
    settings: Settings,
    source: str,
    paths: Sequence[Path],
    *,
    shop: str | None = None,
    table: str | None = None,
    allow_extra_columns: bool = False,
    known_by_name: bool = False,
    progress: Progress | None = None,
) -> list[BatchResult]:
    """Load files, one after the other, each into the table that its name fits.

    Every file is checked against the contract in the source's YAML. A file that was loaded
    before, under whatever name or compression, changes nothing. The first refusal ends the
    call; the files before it stay loaded. The tables must exist.

    Args:
        settings: as from `ensure_server`.
        source: name of a source in the sources YAML, for example online_retail.
        paths: CSV (also gzip), Parquet and Excel files, or folders of them.
        shop: name of the shop, where several load into the source; by default the source's.
        table: the table for all of the files, whatever their names.
        allow_extra_columns: leave columns out that the contract does not know, instead of refusing.
        known_by_name: the same content under another name is new, as in what is pulled: a row
            that changed and changed back has to land again.
        progress: told how much of each file was read.

    Raises:
        UsageError: no such source or table, or a contract or suite that cannot be understood.
        InputRefused: a file that does not fit; nothing of it is stored, and the ledger says why.
        DatabaseUnavailable: the database cannot be reached, or went away.
        Busy: somebody who does not take our lock loads the same content.
        ClienteleError: a raw table is missing, or the checks could not run.
    """
    contract = load_contract(settings.project_dir, source)
    source_name = shop_name(settings.project_dir, contract, shop)
    suites = load_suites(settings.project_dir, contract)
    assignments = assign(contract, paths, table)
    with connect(settings, autocommit=True) as conn:
        loader = _Loader(
            Session(
                conn, contract, source_name, allow_extra_columns, progress or _silent, known_by_name
            ),
            suites,
            Library(),
        )
        loader.require_tables([item.table for item in assignments])
        results: list[BatchResult] = []
        for item in assignments:
            try:
                results.append(loader.load(item))
            except InputRefused as refusal:
                raise _with_count(refusal, len(results)) from refusal
    return results


def _silent(name: str, done: int, total: int) -> None:
    """Report nothing."""


def _with_count(refusal: InputRefused, done: int) -> InputRefused:
    if not done:
        return refusal
    files = "the file before it stays" if done == 1 else f"the {done} files before it stay"
    return InputRefused(f"{refusal.message} ({files} loaded)")


class _Loader:
    """One call: a connection, and the checks of each table once they are needed."""

    def __init__(self, session: Session, suites: dict[str, Suite], library: Library) -> None:
        self._session = session
        self._suites = suites
        self._library = library
        self._checks: dict[str, BatchChecks] = {}

    def require_tables(self, tables: Sequence[Table]) -> None:
        """Raise ClienteleError if a table or a column of it is missing: dbt makes them."""
        with self._session.conn.cursor() as cursor:
            if unmade := store.missing_tables(cursor):
                raise ClienteleError(
                    f"table {unmade[0]} is missing; run 'clientele build' to make it"
                )
            for table in dict.fromkeys(tables):
                missing = ledger.missing_columns(cursor, table)
                if missing is None:
                    raise ClienteleError(
                        f"table {table.relation} or {ledger.RELATION} is missing; "
                        "run 'clientele build' to make it"
                    )
                if ledger.is_outdated(cursor):
                    raise ClienteleError(
                        f"table {ledger.RELATION} lacks file_bytes; run 'clientele build' to add it"
                    )
                if missing:
                    raise ClienteleError(
                        f"table {table.relation} lacks {', '.join(missing)}; "
                        "run 'clientele build' to add what the contract declares"
                    )

    def load(self, item: Assignment) -> BatchResult:
        """Load one file, or find that it is loaded already."""
        attempt = _attempt(self._session.source_name, item)
        digest = cache(lambda: self._session.identity(item.path.name, file_sha256(item.path)))
        # Asked before the lock too, so that an old file does not wait for somebody else's load.
        found = self._find(attempt, digest)
        if found is None:
            with advisory_lock(self._session.conn, f"load {item.table.identifier}", wait=True):
                found = self._find(attempt, digest)
                if found is None:
                    return self._land(item, attempt)
        return _result(self._session.source_name, item, found)

    def _land(self, item: Assignment, attempt: Attempt) -> BatchResult:
        try:
            landed = land(self._session, item, attempt, self._checks_of)
        except AlreadyLoaded as known:
            return _result(self._session.source_name, item, known.batch)
        except UniqueViolation as error:
            # Only a writer that does not take our lock can be that quick.
            raise Busy(f"somebody else is writing {item.table.relation}; load again") from error
        except InputRefused as refusal:
            self._record_refusal(item, attempt, refusal)
            raise
        result = _result(self._session.source_name, item, landed.batch)
        said = {
            "extra_columns": landed.match.extra,
            "absent_columns": landed.match.absent,
            "warnings": landed.warnings,
        }
        return result.model_copy(update={"state": "loaded", **said})

    def _checks_of(self, table: Table) -> BatchChecks:
        if table.identifier not in self._checks:
            suite = self._suites[table.identifier]
            checks = BatchChecks(self._session.conn, table, suite, self._library)
            self._checks[table.identifier] = checks
        return self._checks[table.identifier]

    def _find(self, attempt: Attempt, digest: Callable[[], str]) -> LoadedBatch | None:
        with self._session.conn.cursor() as cursor:
            if not ledger.may_hold_file(cursor, attempt):
                return None
            return ledger.find_by_file(cursor, attempt, digest())

    def _record_refusal(self, item: Assignment, attempt: Attempt, refusal: InputRefused) -> None:
        attempt = attempt.model_copy(update={"file_sha256": _hash_if_there(item.path)})
        outcome = Outcome("refused", message=refusal.message)
        if isinstance(refusal, Refusal):
            outcome = replace(
                outcome, content_sha256=refusal.content_sha256, row_count=refusal.row_count
            )
        with transaction(self._session.conn) as cursor:
            batch_id = ledger.claim_batch_id(cursor)
            ledger.record(cursor, attempt, batch_id, outcome)
            if isinstance(refusal, Refusal):
                store.write_checks(cursor, batch_id, attempt, refusal.verdict.results)


def _attempt(source_name: str, item: Assignment) -> Attempt:
    refuse_unreadable(item.path)
    return Attempt(
        source_name=source_name,
        table_name=item.table.identifier,
        source_file=item.path.name,
        file_bytes=item.path.stat().st_size,
        started_at=ledger.utc_now(),
    )


def _hash_if_there(path: Path) -> str | None:
    """Return the hash of a refused file, unless it went away meanwhile."""
    try:
        return file_sha256(path)
    except (InputRefused, OSError):
        return None


def _result(source_name: str, item: Assignment, batch: LoadedBatch) -> BatchResult:
    return BatchResult(
        path=item.path,
        source=source_name,
        table=item.table.name,
        relation=item.table.relation,
        state="already loaded",
        batch_id=batch.batch_id,
        row_count=batch.row_count,
    )
