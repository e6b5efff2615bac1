"""Open a connection, and let only one job at a time do what must not be done twice."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg2
from psycopg2.errors import AdminShutdown, CrashShutdown, DiskFull, TooManyConnections
from psycopg2.extensions import TRANSACTION_STATUS_INERROR, connection

from warehouse import embedded
from warehouse.connection_info import ConnectionInfo
from warehouse.errors import Busy, DatabaseUnavailable
from warehouse.profile import write_profile
from warehouse.settings import Settings

CONNECT_SECONDS = 10
# pg_input_is_valid, with which staging tells a date from 31 February, came with 16.
OLDEST_SERVER = 160_000
LOCK_POLL_SECONDS = 0.5
JOB_LOCK = "job"
"""What every job holds while it runs, so that no other job starts and nobody stops the server."""
LOST = (AdminShutdown, CrashShutdown, DiskFull, TooManyConnections)

HOLDER = """
select a.application_name, a.pid, a.backend_start
from pg_locks l join pg_stat_activity a on a.pid = l.pid
where l.locktype = 'advisory' and l.granted and l.objsubid = 1
  and l.database = (select oid from pg_database where datname = current_database())
  and (l.classid::bigint << 32) | l.objid::bigint = %s
"""


def ensure_server(settings: Settings) -> Settings:
    """Make sure that the database answers, and that dbt's profile leads to it.

    Returns:
        The settings with the connection filled in.

    Raises:
        DatabaseUnavailable: the embedded server cannot start, or the configured one
            cannot be reached or is too old.
    """
    if settings.connection.kind == "embedded":
        settings = settings.with_connection(embedded.start(settings))
    else:
        opened = _open(settings.connection)
        version = opened.server_version
        opened.close()
        refuse_old_server(version)
    write_profile(settings)
    return settings


def refuse_old_server(version: int) -> None:
    """Raise DatabaseUnavailable below Postgres 16; `version` as libpq gives it, 160004 for 16.4."""
    if version < OLDEST_SERVER:
        raise DatabaseUnavailable(
            f"the server runs Postgres {version // 10_000}, and Clientele needs "
            f"{OLDEST_SERVER // 10_000} or newer: upgrade it, or unset CLIENTELE_DATABASE_URL and "
            "PGHOST to use the embedded one"
        )


@contextmanager
def connect(settings: Settings, autocommit: bool = False) -> Iterator[connection]:
    """Yield a connection in UTC; commit at the end, roll back on any exception, always close.

    Args:
        settings: as from `ensure_server`.
        autocommit: make every statement its own transaction.

    Raises:
        DatabaseUnavailable: the database cannot be reached, or went away, or is full.
    """
    opened = _open(settings.connection)
    try:
        opened.autocommit = autocommit
        yield opened
        opened.commit()
    except psycopg2.Error as error:
        _roll_back(opened)
        if opened.closed or isinstance(error, LOST):
            raise DatabaseUnavailable(_lost(settings.connection, error)) from error
        raise
    except BaseException:
        # Ctrl-C too: nothing half-done may be committed.
        _roll_back(opened)
        raise
    finally:
        opened.close()


@contextmanager
def advisory_lock(conn: connection, name: str, wait: bool = False) -> Iterator[None]:
    """Hold a named lock of the database for as long as the block runs.

    Use an autocommit connection for long jobs: the lock belongs to the session, but looking for
    it opens a transaction that would stay open. The lock ends with the connection at the latest.

    Args:
        conn: the connection that holds the lock.
        name: what is locked, such as "job".
        wait: wait for another holder instead of raising.

    Raises:
        Busy: another session holds the lock.
    """
    key = lock_key(name)
    while not _try_lock(conn, key):
        if not wait:
            raise Busy(_holder(conn, key))
        # Asked again and again, since a blocking wait inside libpq would not see Ctrl-C.
        time.sleep(LOCK_POLL_SECONDS)
    try:
        yield
    finally:
        _unlock(conn, key)


def lock_key(name: str) -> int:
    """Return the signed 64-bit number that stands for this name in pg_locks."""
    digest = hashlib.sha256(f"clientele:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _open(info: ConnectionInfo) -> connection:
    if info.kind == "embedded" and info.port == 0:
        raise DatabaseUnavailable(
            "the embedded Postgres was never started: run 'clientele db start'"
        )
    try:
        opened: connection = psycopg2.connect(
            **info.psycopg2_kwargs(),
            connect_timeout=CONNECT_SECONDS,
            application_name=f"clientele-{os.getpid()}",
            client_encoding="UTF8",
        )
        _set_utc(opened)
    except psycopg2.OperationalError as error:
        raise DatabaseUnavailable(_unreachable(info, error)) from None
    return opened


def _set_utc(opened: connection) -> None:
    # By statement and not as a start-up option, which connection poolers refuse.
    opened.autocommit = True
    with opened.cursor() as cursor:
        cursor.execute("set timezone to 'UTC'")
    opened.autocommit = False


def _unreachable(info: ConnectionInfo, error: psycopg2.OperationalError) -> str:
    if info.kind == "embedded":
        advice = "run 'clientele db start'"
    else:
        advice = "check CLIENTELE_DATABASE_URL or the PG* variables, and that the server runs"
    return f"cannot connect to {info.url()}: {_last_line(error)}; {advice}"


def _lost(info: ConnectionInfo, error: psycopg2.Error) -> str:
    return f"the database at {info.url()} gave up: {_first_line(error)}"


def _last_line(error: Exception) -> str:
    """libpq tries several addresses and says so on several lines; the last one decides."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    asked = [line for line in lines if not line.startswith("Is the server running")]
    return (asked or ["no reason given"])[-1]


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _roll_back(opened: connection) -> None:
    try:
        opened.rollback()
    except psycopg2.Error:
        return  # closed or lost: the server rolls back by itself


def _try_lock(conn: connection, key: int) -> bool:
    with conn.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", (key,))
        row = cursor.fetchone()
    return bool(row and row[0])


def _unlock(conn: connection, key: int) -> None:
    if conn.closed:
        return
    if conn.info.transaction_status == TRANSACTION_STATUS_INERROR:
        conn.rollback()
    try:
        with conn.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", (key,))
    except psycopg2.OperationalError:
        return  # the session is gone, and its lock with it


def _holder(conn: connection, key: int) -> str:
    with conn.cursor() as cursor:
        cursor.execute(HOLDER, (key,))
        row: tuple[str, int, datetime | None] | None = cursor.fetchone()
    if row is None:
        return "another clientele job was running just now; try again"
    name, backend, since = row
    pid = name.removeprefix("clientele-")
    who = f"pid {pid}" if pid.isdecimal() else f"{name or 'session'}, backend {backend}"
    # Null for the sessions of other database users.
    when = f", since {since.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if since else ""
    return f"another clientele job is running ({who}{when}); wait for it or stop it"
