"""What all files of one call share, and transactions on an autocommit connection."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg2
from psycopg2.extensions import connection
from psycopg2.extensions import cursor as Cursor

from ingest.contract import Source


@dataclass(frozen=True)
class Session:
    """A connection in autocommit mode, and the options of the call."""

    conn: connection
    source: Source
    source_name: str
    """The shop that the rows belong to: the source's own name, unless it is shared."""
    allow_extra_columns: bool
    progress: Callable[[str, int, int], None]
    known_by_name: bool = False
    """The same content under another name is new: what a shop says twice, it may mean twice."""

    def identity(self, name: str, digest: str) -> str:
        """Return what the ledger knows a file by: its hash, with its name where that counts."""
        if not self.known_by_name:
            return digest
        return hashlib.sha256(f"{name}\n{digest}".encode()).hexdigest()


@contextlib.contextmanager
def transaction(conn: connection) -> Iterator[Cursor]:
    """Yield a cursor inside an explicit transaction; commit at the end, roll back on any exception.

    Explicit, because Great Expectations shares the connection: its library ends transactions
    by psycopg2's commit and rollback, which on an autocommit connection do nothing.
    """
    with conn.cursor() as cursor:
        cursor.execute("begin")
        try:
            yield cursor
        except BaseException:
            # A lost connection rolls back by itself, and the first error is the one to report.
            with contextlib.suppress(psycopg2.Error):
                cursor.execute("rollback")
            raise
        cursor.execute("commit")
