"""The embedded server: it starts, stays, recovers, and is nobody else's."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from tests.embedded_help import embedded_settings, folder_for_all, removed, starter
from warehouse import embedded
from warehouse.connect import connect
from warehouse.errors import DatabaseUnavailable, UsageError
from warehouse.settings import Settings


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with removed(folder_for_all()) as folder:
        yield folder / "home"


@pytest.fixture
def server(home: Path) -> Settings:
    """A running server, shared by this module's tests: each starts what it finds stopped."""
    wanted = embedded_settings(home)
    return wanted.with_connection(embedded.start(wanted))


def scalar(settings: Settings, query: str) -> object:
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
        assert row is not None
        return row[0]


def pid_of(settings: Settings) -> int:
    pid = embedded.status(settings).pid
    assert pid is not None
    return pid


def kill(settings: Settings) -> None:
    pid = pid_of(settings)
    os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + 10
    while embedded.status(settings).running:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_it_is_set_up_as_designed(server: Settings) -> None:
    assert str(scalar(server, "show server_version")).startswith("18.")
    assert scalar(server, "select current_database() || '/' || current_user") == (
        "clientele/clientele"
    )
    for name, value in {
        "shared_buffers": "256MB",
        "work_mem": "64MB",
        "timezone": "UTC",
        "jit": "off",
        "synchronous_commit": "on",
        "server_encoding": "UTF8",
    }.items():
        assert scalar(server, f"show {name}") == value
    assert scalar(server, "select upper('é')") == "É"
    by_code_point = "select string_agg(x, '' order by x) from unnest('{é,a,Z,b}'::text[]) x"
    assert scalar(server, by_code_point) == "Zabé"


def test_a_second_start_does_nothing_and_is_fast(server: Settings) -> None:
    before = pid_of(server)
    began = time.monotonic()
    assert embedded.start(server) == server.connection
    assert time.monotonic() - began < 0.2
    assert pid_of(server) == before


def test_it_listens_on_loopback_only(server: Settings) -> None:
    found = psutil.Process(pid_of(server)).net_connections("all")
    listening = {c.laddr for c in found if c.status == psutil.CONN_LISTEN}
    assert {(a.ip, a.port) for a in listening} == {("127.0.0.1", server.connection.port)}
    assert [c for c in found if c.family == socket.AF_UNIX and c.laddr] == []


@pytest.mark.parametrize("password", [None, "wrong"])
def test_nobody_gets_in_without_the_password(server: Settings, password: str | None) -> None:
    kwargs = server.connection.psycopg2_kwargs() | {"password": password, "passfile": os.devnull}
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(**kwargs)


def test_the_password_is_in_a_private_file_only(server: Settings, home: Path) -> None:
    password = server.connection.psycopg2_kwargs()["password"]
    assert len(password) >= 32
    files = [path for path in home.rglob("*") if path.is_file()]
    holders = [path for path in files if password.encode() in path.read_bytes()]
    assert holders == [home / "postgres.json"]
    assert holders[0].stat().st_mode & 0o777 == 0o600
    assert (home / "postgres" / "data").stat().st_mode & 0o077 == 0
    command = " ".join(psutil.Process(pid_of(server)).cmdline())
    assert password not in command


def test_the_password_is_hashed_once_and_those_of_people_as_usual(server: Settings) -> None:
    hashed = "select split_part(rolpassword, ':', 1) from pg_authid where rolname = {}"
    assert scalar(server, hashed.format("current_user")) == "SCRAM-SHA-256$1"
    with connect(server) as conn, conn.cursor() as cursor:
        cursor.execute("create role a_person login password 'chosen by hand'")
        cursor.execute(hashed.format("'a_person'"))
        assert cursor.fetchall() == [("SCRAM-SHA-256$4096",)]
        conn.rollback()


def test_status_tells_what_there_is(server: Settings, home: Path) -> None:
    found = embedded.status(server)
    assert found.running
    assert (found.port, found.version) == (server.connection.port, "18")
    assert found.data_dir == home / "postgres" / "data"
    assert found.size is not None
    assert found.size > 10_000_000
    assert found.started_at is not None


def test_stop_and_start_keep_port_and_data(server: Settings) -> None:
    with connect(server) as conn, conn.cursor() as cursor:
        cursor.execute("create table if not exists kept as select 42 as answer")
    assert embedded.stop(server) is True
    assert embedded.stop(server) is False
    stopped = embedded.status(server)
    assert not stopped.running
    assert stopped.port == server.connection.port
    with pytest.raises(DatabaseUnavailable, match="clientele db start"), connect(server):
        pass
    assert embedded.start(server) == server.connection
    assert scalar(server, "select answer from kept") == 42


def test_it_survives_the_process_that_started_it(server: Settings, home: Path) -> None:
    embedded.stop(server)
    process = starter(home, linger=60)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == str(server.connection.port)
    # What a terminal does at Ctrl-C, and when it is closed.
    os.killpg(process.pid, signal.SIGINT)
    process.wait(10)
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, signal.SIGHUP)
    assert scalar(server, "select 1") == 1


def test_a_killed_server_comes_back_with_its_data(server: Settings) -> None:
    with connect(server) as conn, conn.cursor() as cursor:
        cursor.execute("drop table if exists survivors")
        cursor.execute("create table survivors as select generate_series(1, 1000) as n")
    kill(server)
    # At once, while the orphaned processes may still be ending.
    embedded.start(server)
    assert scalar(server, "select count(*) from survivors") == 1000


def test_a_pid_that_now_belongs_to_another_program_is_no_obstacle(
    server: Settings, home: Path
) -> None:
    kill(server)
    data = home / "postgres" / "data"
    owner = data.stat()
    pid_file = data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    # As the server user, since Postgres ignores processes of others by itself.
    other = {} if os.geteuid() else {"user": owner.st_uid, "group": owner.st_gid}
    with subprocess.Popen(["sleep", "60"], **other) as stranger:
        try:
            pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
            assert not embedded.status(server).running
            embedded.start(server)
            assert stranger.poll() is None
        finally:
            stranger.kill()
    assert scalar(server, "select 1") == 1


def test_a_slow_recovery_is_left_alone(
    server: Settings, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid_file = home / "postgres" / "data" / "postmaster.pid"
    good, pid = pid_file.read_text(), pid_of(server)
    monkeypatch.setattr(embedded, "START_SECONDS", 0.2)
    try:
        pid_file.write_text(good.replace("ready", "starting"))
        with pytest.raises(DatabaseUnavailable, match=r"still starting up.*try again"):
            embedded.start(server)
    finally:
        pid_file.write_text(good)
    assert embedded.start(server) == server.connection
    assert pid_of(server) == pid


def test_a_taken_port_is_named_and_can_be_changed(server: Settings) -> None:
    embedded.stop(server)
    own, server = server, server.model_copy(update={"embedded_port": None})
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", server.connection.port))
        squatter.listen()
        message = f"port {server.connection.port} is in use by another program; .*--port N"
        with pytest.raises(DatabaseUnavailable, match=message):
            embedded.start(server)
        with pytest.raises(DatabaseUnavailable, match="in use"):
            embedded.start(server, port=squatter.getsockname()[1])
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            free = probe.getsockname()[1]
        moved = server.with_connection(embedded.start(server, port=free))
    assert moved.connection.port == free
    assert scalar(moved, "select 1") == 1
    assert embedded.start(server).port == free, "the new port is remembered"
    with pytest.raises(UsageError, match=f"runs on port {free} already"):
        embedded.start(server, port=free + 1)
    with pytest.raises(UsageError, match="already"):
        embedded.start(own)
    embedded.stop(server)
    assert embedded.start(own) == own.connection


def test_a_lost_record_gets_a_new_password_and_keeps_the_data(server: Settings, home: Path) -> None:
    with connect(server) as conn, conn.cursor() as cursor:
        cursor.execute("create table if not exists treasure as select 7 as n")
    (home / "postgres.json").unlink()
    # Still running, with a password that nobody knows any more.
    again = server.with_connection(embedded.start(server))
    assert again.connection.password != server.connection.password
    assert scalar(again, "select n from treasure") == 7


def test_a_failure_to_start_shows_the_last_line_of_the_log(server: Settings, home: Path) -> None:
    embedded.stop(server)
    configuration = home / "postgres" / "data" / "postgresql.auto.conf"
    good = configuration.read_text()
    try:
        configuration.write_text(good + "shared_buffers = 'plenty'\n")
        with pytest.raises(DatabaseUnavailable, match=r"FATAL.*postgres\.log") as caught:
            embedded.start(server)
        assert "\n" not in str(caught.value)
    finally:
        configuration.write_text(good)
    embedded.start(server)


def test_concurrent_starts_make_one_server() -> None:
    with removed(folder_for_all()) as folder:
        home = folder / "home"
        racers = [starter(home) for _ in range(3)]
        answers = {racer.communicate(timeout=60)[0].strip() for racer in racers}
        assert [racer.returncode for racer in racers] == [0, 0, 0]
        settings = embedded_settings(home)
        assert answers == {str(settings.connection.port)}
        assert scalar(settings, "select 1") == 1
