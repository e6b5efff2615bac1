"""Start, stop, look at and delete the private Postgres of a project."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from warehouse.connection_info import ConnectionInfo
from warehouse.embedded_init import (
    create_cluster,
    replace_password,
    telling_line,
    write_configuration,
)
from warehouse.embedded_layout import (
    Layout,
    find_layout,
    folders_of,
    has_data,
    known_cluster_dir,
    prepare_cluster_dir,
    prepare_home,
)
from warehouse.errors import DatabaseUnavailable, UsageError
from warehouse.file_lock import file_lock
from warehouse.pg_ctl import start_server, stop_server
from warehouse.postmaster import (
    Postmaster,
    clear_stale_pid,
    find_postmaster,
    first_free_port,
    port_is_free,
    wait_until_ready,
)
from warehouse.server_files import delete, size_of, version_of
from warehouse.server_record import ServerRecord, read_record, record_path, write_record
from warehouse.server_user import server_user
from warehouse.settings import Settings

START_SECONDS = 60
MOVES = 5


class ServerStatus(BaseModel):
    """What the embedded server is doing."""

    model_config = ConfigDict(frozen=True)

    running: bool
    pid: int | None = None
    port: int | None = None
    data_dir: Path | None = None
    """None before the first start."""
    size: int | None = None
    """Bytes in the data folder."""
    version: str | None = None
    """The version of Postgres that made the data, such as "18"."""
    started_at: datetime | None = None
    """In UTC."""


def start(settings: Settings, port: int | None = None) -> ConnectionInfo:
    """Start the embedded server, making it first if need be; do nothing if it runs.

    Two processes may call this at once: one starts the server, the other waits for it. The
    server outlives this process.

    Args:
        settings: whose home folder the server belongs to.
        port: the loopback port; default CLIENTELE_PORT, then the recorded one, then the
            first free one from 15432 upward.

    Raises:
        DatabaseUnavailable: it cannot start; the message says why and what to do.
        UsageError: it runs already, on another port than the one asked for.
    """
    wanted = port or settings.embedded_port
    running = _running_connection(settings.home_dir, wanted)
    if running is not None:
        return running
    prepare_home(settings.home_dir)
    with _lock(settings):
        return _running_connection(settings.home_dir, wanted) or _start_locked(settings, wanted)


def stop(settings: Settings, timeout: int = 30) -> bool:
    """Stop the embedded server; open connections are cut and their transactions rolled back.

    Args:
        settings: whose home folder the server belongs to.
        timeout: how many seconds it may take.

    Returns:
        Whether it was running.

    Raises:
        DatabaseUnavailable: it did not stop in time.
    """
    if _find(settings.home_dir) is None:
        return False
    with _lock(settings):
        return _stop_locked(settings, timeout)


def status(settings: Settings) -> ServerStatus:
    """Return what the embedded server is doing; never starts anything."""
    cluster = known_cluster_dir(settings.home_dir)
    record = read_record(settings.home_dir)
    if cluster is None:
        return ServerStatus(running=False)
    data = cluster / "data"
    found = find_postmaster(data)
    return ServerStatus(
        running=found is not None,
        pid=found.pid if found else None,
        port=found.port if found else record.port if record else None,
        data_dir=data,
        size=size_of(data),
        version=version_of(data),
        started_at=found.started_at if found else None,
    )


def destroy(settings: Settings) -> None:
    """Stop the embedded server and delete its data, its log and its password.

    Raises:
        DatabaseUnavailable: it does not stop, or its files cannot be deleted.
    """
    if not settings.home_dir.is_dir():
        return
    with _lock(settings):
        _stop_locked(settings, START_SECONDS)
        for folder in folders_of(settings.home_dir):
            delete(folder)
        for name in ("postgres.log", "postgres.log.1"):
            (settings.home_dir / name).unlink(missing_ok=True)
        record_path(settings.home_dir).unlink(missing_ok=True)


def _lock(settings: Settings) -> AbstractContextManager[None]:
    return file_lock(settings.home_dir / "postgres.lock")


def _find(home_dir: Path) -> Postmaster | None:
    cluster = known_cluster_dir(home_dir)
    return find_postmaster(cluster / "data") if cluster else None


def _running_connection(home_dir: Path, wanted: int | None) -> ConnectionInfo | None:
    """Return the connection if the server runs and is ready and its password is known."""
    found, record = _find(home_dir), read_record(home_dir)
    if found is None or record is None or not found.is_ready:
        return None
    if wanted not in (None, found.port):
        raise UsageError(
            f"Postgres runs on port {found.port} already: "
            f"stop it with 'clientele db stop' to move it to port {wanted}"
        )
    return record.model_copy(update={"port": found.port}).connection()


def _start_locked(settings: Settings, wanted: int | None) -> ConnectionInfo:
    existing = known_cluster_dir(settings.home_dir)
    layout = find_layout(settings.home_dir, server_user(settings.server_user, existing))
    prepare_cluster_dir(layout)
    exists = has_data(layout)
    if exists and _is_up(layout):
        if read_record(settings.home_dir):
            return _start_again(settings, wanted)
        # It runs, but postgres.json was lost: nobody can log in to change the password.
        _stop_locked(settings, START_SECONDS)
    if exists:
        clear_stale_pid(layout.data_dir)
    record = _record(layout, wanted, exists)
    # Only a new server may move: people have noted the port of an old one.
    _launch(layout, record, moves=MOVES if not exists and wanted is None else 0)
    return _start_again(settings, wanted)


def _is_up(layout: Layout) -> bool:
    """Whether a server runs on these data; one that is starting up is given time for it.

    Raises:
        DatabaseUnavailable: it takes longer. It is left alone, since cutting a recovery short
            only makes the next one start from the beginning.
    """
    ready = wait_until_ready(layout.data_dir, START_SECONDS)
    found = find_postmaster(layout.data_dir)
    if ready is None and found is not None:
        raise DatabaseUnavailable(
            f"Postgres (pid {found.pid}) is still starting up after {START_SECONDS} s, perhaps "
            f"recovering from a crash: try again in a minute (see {layout.log_path})"
        )
    return ready is not None


def _start_again(settings: Settings, wanted: int | None) -> ConnectionInfo:
    """Return the connection of a server that has just become ready."""
    found = _running_connection(settings.home_dir, wanted)
    if found is None:
        log = settings.home_dir / "postgres.log"
        raise DatabaseUnavailable(f"Postgres ended as soon as it had started: see {log}")
    return found


def _record(layout: Layout, wanted: int | None, exists: bool) -> ServerRecord:
    """Return the record of the server to start, made or mended where necessary."""
    record = read_record(layout.home_dir)
    port = wanted or (record.port if record else first_free_port())
    if wanted and not port_is_free(wanted):
        # Before it is recorded, so that the next start does not insist on it.
        raise DatabaseUnavailable(_port_taken(wanted))
    if not exists:
        if layout.is_elsewhere:
            _say(
                f"the Postgres data go to {layout.cluster_dir}, since user {layout.user.name} "
                f"cannot get into {layout.home_dir}"
            )
        return create_cluster(layout, port)
    if record is None:
        _say("postgres.json was lost: giving the database a new password")
        return replace_password(layout, port)
    if record.port != port or record.data_dir != layout.data_dir:
        record = record.model_copy(update={"port": port, "data_dir": layout.data_dir})
        write_record(layout.home_dir, record)
    return record


def _launch(layout: Layout, record: ServerRecord, moves: int) -> None:
    """Start the server and wait for it; if its port is taken, move on as often as `moves`."""
    said = None
    if port_is_free(record.port):
        write_configuration(layout, record.port)
        said = start_server(layout, START_SECONDS)
        if said is None:
            return
    # The second: taken between our look and the server's.
    if said is None or "could not bind" in said:
        _launch(layout, _moved(layout, record, moves), moves - 1)
    elif not _is_up(layout):
        raise DatabaseUnavailable(
            f"Postgres did not start: {telling_line(said)} (see {layout.log_path})"
        )


def _moved(layout: Layout, record: ServerRecord, moves: int) -> ServerRecord:
    if moves == 0:
        raise DatabaseUnavailable(_port_taken(record.port))
    moved = record.model_copy(update={"port": first_free_port(record.port + 1)})
    write_record(layout.home_dir, moved)
    return moved


def _stop_locked(settings: Settings, timeout: int) -> bool:
    found = _find(settings.home_dir)
    if found is None:
        return False
    existing = known_cluster_dir(settings.home_dir)
    layout = find_layout(settings.home_dir, server_user(None, existing))
    said = stop_server(layout, timeout)
    if said is not None and find_postmaster(layout.data_dir):
        raise DatabaseUnavailable(
            f"Postgres (pid {found.pid}) did not stop within {timeout} s: "
            f"{telling_line(said)} (see {layout.log_path})"
        )
    return True


def _port_taken(port: int) -> str:
    return f"port {port} is in use by another program; free it or run 'clientele db start --port N'"


def _say(message: str) -> None:
    sys.stderr.write(f"clientele: {message}\n")
