"""The running server as the operating system sees it: its pid file, its process, its port."""

from __future__ import annotations

import errno
import os
import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil  # type: ignore[import-untyped, unused-ignore]

from warehouse.errors import DatabaseUnavailable

FIRST_PORT = 15432
PORTS_TRIED = 200
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Postmaster:
    """A server process that works on our data folder."""

    pid: int
    port: int
    started_at: datetime
    """In UTC."""
    is_ready: bool


def find_postmaster(data_dir: Path) -> Postmaster | None:
    """Return the server that runs on this data folder, or None.

    The pid file alone proves nothing: its process may be gone, or the number may belong to
    another program by now. So the process must be a postgres with this folder on its
    command line.
    """
    lines = _pid_file_lines(data_dir)
    if len(lines) < 4 or not (lines[0].isdecimal() and lines[2].isdecimal()):
        return None
    pid = int(lines[0])
    if not lines[3].isdecimal() or not _serves(pid, data_dir):
        return None
    return Postmaster(
        pid=pid,
        port=int(lines[3]),
        started_at=datetime.fromtimestamp(int(lines[2]), UTC),
        is_ready=len(lines) > 7 and lines[7] == "ready",
    )


def wait_until_ready(data_dir: Path, timeout: float) -> Postmaster | None:
    """Wait for a server that is starting up; None if it goes away or time (seconds) is up."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        found = find_postmaster(data_dir)
        if found is None or found.is_ready:
            return found
        time.sleep(0.05)
    return None


def clear_stale_pid(data_dir: Path, timeout: float = 15.0) -> None:
    """Make a killed server's folder startable again. Call it only when no postmaster was found.

    Postgres clears a pid file whose process is gone. It stops when the number belongs to another
    program by now, so then the file goes, but only once no process works in the folder: the
    file is what keeps two servers from the same data.

    Raises:
        DatabaseUnavailable: left-over server processes do not end within `timeout` seconds.
    """
    lines = _pid_file_lines(data_dir)
    if not lines:
        return
    end = time.monotonic() + timeout
    while left := _processes_in(data_dir):
        if time.monotonic() > end:
            pids = ", ".join(map(str, left))
            raise DatabaseUnavailable(
                f"a killed Postgres left processes in {data_dir}: end them (pid {pids}), then retry"
            )
        time.sleep(0.05)
    if lines[0].isdecimal() and psutil.pid_exists(int(lines[0])):
        (data_dir / "postmaster.pid").unlink(missing_ok=True)


def port_is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As Postgres does: connections that linger after a stop are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def first_free_port(start: int = FIRST_PORT) -> int:
    """Return the first free loopback port from `start` upward.

    Raises:
        DatabaseUnavailable: a whole range of ports is taken.
    """
    for port in range(start, start + PORTS_TRIED):
        if port_is_free(port):
            return port
    raise DatabaseUnavailable(
        f"no free port from {start} to {start + PORTS_TRIED - 1}: set CLIENTELE_PORT to a free one"
    )


def _pid_file_lines(data_dir: Path) -> list[str]:
    try:
        text = (data_dir / "postmaster.pid").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [line.strip() for line in text.splitlines()]


def _serves(pid: int, data_dir: Path) -> bool:
    try:
        command: list[str] = psutil.Process(pid).cmdline()
    except psutil.Error:
        return False
    # The children of a server have titles such as "postgres: checkpointer".
    if not command or Path(command[0]).name != "postgres" or "-D" not in command[:-1]:
        return False
    return os.path.realpath(command[command.index("-D") + 1]) == os.path.realpath(data_dir)


def _processes_in(data_dir: Path) -> list[int]:
    """Every process of a Postgres works in its data folder."""
    found = []
    for process in psutil.process_iter(["name", "cwd", "status"], ad_value=None):
        seen = process.info
        is_alive = seen["status"] != psutil.STATUS_ZOMBIE
        # A shell that stands in the folder is none of our business.
        if is_alive and seen["name"] == "postgres" and seen["cwd"] == os.path.realpath(data_dir):
            found.append(process.pid)
    return found
