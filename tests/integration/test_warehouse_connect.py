"""Connections end as they should, and one job runs at a time."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

import psycopg2
import psycopg2.extensions
import pytest

from warehouse.connect import advisory_lock, connect, ensure_server
from warehouse.connection_info import ConnectionInfo
from warehouse.errors import Busy, DatabaseUnavailable
from warehouse.settings import Settings


@pytest.fixture
def table(settings: Settings) -> Iterator[str]:
    run(settings, "create table public.connect_test (n int)")
    yield "public.connect_test"
    run(settings, "drop table public.connect_test")


def run(settings: Settings, statement: str) -> None:
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute(statement)


def count(settings: Settings, table: str) -> int:
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")
        row = cursor.fetchone()
        assert row is not None
        return int(row[0])


def test_what_was_done_is_committed_and_the_connection_closed(
    settings: Settings, table: str
) -> None:
    with connect(settings) as conn:
        conn.cursor().execute(f"insert into {table} values (1)")
        assert count(settings, table) == 0
    assert conn.closed
    assert count(settings, table) == 1


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_any_exception_rolls_back(
    settings: Settings, table: str, error: type[BaseException]
) -> None:
    seen = []

    def job() -> None:
        with connect(settings) as conn:
            seen.append(conn)
            conn.cursor().execute(f"insert into {table} values (1)")
            raise error

    with pytest.raises(error):
        job()
    assert seen[0].closed
    assert count(settings, table) == 0


def test_errors_of_the_query_stay_what_they_are(settings: Settings) -> None:
    with pytest.raises(psycopg2.errors.UndefinedTable), connect(settings) as conn:
        conn.cursor().execute("select * from nowhere")


def test_autocommit_commits_at_once(settings: Settings, table: str) -> None:
    with connect(settings, autocommit=True) as conn:
        conn.cursor().execute(f"insert into {table} values (1)")
        assert count(settings, table) == 1


def test_sessions_are_in_utc_and_say_who_they_are(settings: Settings) -> None:
    with connect(settings) as conn, conn.cursor() as cursor:
        assert conn.info.transaction_status == psycopg2.extensions.TRANSACTION_STATUS_IDLE
        cursor.execute("select current_setting('timezone'), current_setting('application_name')")
        assert cursor.fetchone() == ("UTC", f"clientele-{os.getpid()}")


def test_a_lost_connection_is_one_line(settings: Settings) -> None:
    def job() -> None:
        with connect(settings) as conn:
            run(settings, f"select pg_terminate_backend({conn.info.backend_pid})")
            conn.cursor().execute("select 1")

    with pytest.raises(DatabaseUnavailable, match="gave up") as caught:
        job()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"port": 1}, "refused"),
        ({"password": "hunter2"}, "password authentication failed"),
        ({"dbname": "no_such"}, 'database "no_such" does not exist'),
        ({"host": "no-such-host.invalid"}, "no-such-host"),
    ],
)
def test_a_server_that_cannot_be_reached_is_one_line_without_the_password(
    settings: Settings, change: dict[str, object], message: str
) -> None:
    known = settings.connection.model_dump() | {"kind": "server"} | change
    wrong = settings.with_connection(ConnectionInfo.model_validate(known))
    with pytest.raises(DatabaseUnavailable, match=message) as caught:
        ensure_server(wrong)
    said = str(caught.value)
    assert "\n" not in said
    assert "check CLIENTELE_DATABASE_URL" in said
    for secret in ("hunter2", settings.connection.psycopg2_kwargs().get("password") or "hunter2"):
        assert secret not in said
    assert caught.value.exit_code == 3


def test_the_profile_is_written_where_dbt_is_sent(settings: Settings) -> None:
    assert (settings.home_dir / "profiles.yml").exists()


def test_a_held_lock_says_who_holds_it(settings: Settings) -> None:
    with connect(settings, autocommit=True) as first, connect(settings) as second:
        with advisory_lock(first, "job"):
            message = rf"pid {os.getpid()}, since 20.*UTC"
            with pytest.raises(Busy, match=message) as caught, advisory_lock(second, "job"):
                pass
            assert caught.value.exit_code == 5
            with advisory_lock(second, "another job"):
                pass
        with advisory_lock(second, "job"):
            pass


def test_the_lock_is_free_again_after_an_error(settings: Settings) -> None:
    with connect(settings) as first, connect(settings) as second:
        with pytest.raises(psycopg2.errors.SyntaxError), advisory_lock(first, "job"):
            first.cursor().execute("nonsense")
        with advisory_lock(second, "job"):
            pass


def test_the_lock_ends_with_its_connection(settings: Settings) -> None:
    first = psycopg2.connect(**settings.connection.psycopg2_kwargs())
    with connect(settings) as second, advisory_lock(first, "job"):
        first.close()
        with advisory_lock(second, "job", wait=True):
            pass


def test_waiting_gets_the_lock_in_the_end(settings: Settings) -> None:
    released = []

    def holder(ready: threading.Event) -> None:
        with connect(settings, autocommit=True) as conn, advisory_lock(conn, "job"):
            ready.set()
            time.sleep(0.3)
            released.append(True)

    ready = threading.Event()
    thread = threading.Thread(target=holder, args=(ready,))
    thread.start()
    ready.wait(10)
    with connect(settings, autocommit=True) as conn, advisory_lock(conn, "job", wait=True):
        assert released == [True]
    thread.join()
