"""Making a new data folder: all of it or nothing, also when killed half-way."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from pydantic import SecretStr

from warehouse.embedded_layout import Layout, check_space
from warehouse.errors import DatabaseUnavailable
from warehouse.server_record import DATABASE, USER, ServerRecord, write_record

UNFINISHED = "unfinished"
CONFIGURATION = "clientele.conf"

# For analytics by one user on a small machine. Override with ALTER SYSTEM, which is read later.
SERVER_SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",
    "max_connections": "50",
    "shared_buffers": "256MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    # Nobody replicates this server, so a table that a build makes needs no second copy in the log.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "synchronous_commit": "on",
    "jit": "off",
    "scram_iterations": "4096",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_checkpoints": "off",
}
# Our password is 192 random bits: hashing it thousands of times makes nobody's guess dearer, and
# takes half of the time of a connection, of which dbt opens one for every model and test. Roles
# that people make keep what Postgres does by default.
HASHED_ONCE = ("-c", "scram_iterations=1")
SMALL_SHARED_MEMORY = 512 * 1024 * 1024


def create_cluster(layout: Layout, port: int) -> ServerRecord:
    """Make the data folder, the user and the database, and record how to log in.

    Everything is made in a sibling folder that is renamed when complete. The record is
    written before that, so that no finished folder has an unknown password.

    Raises:
        DatabaseUnavailable: initdb failed; the message has its last line.
    """
    check_space(layout.cluster_dir)
    for left in layout.cluster_dir.glob(f"{UNFINISHED}-*"):
        shutil.rmtree(left, ignore_errors=True)
    # A new name each time: the initdb of a start that was killed may still be writing.
    fresh = layout.cluster_dir / f"{UNFINISHED}-{secrets.token_hex(4)}"
    password = secrets.token_hex(24)
    _initdb(layout, fresh, password)
    _append_include(fresh)
    single_user(layout, fresh, f"create database {DATABASE}")
    record = ServerRecord(port=port, password=SecretStr(password), data_dir=layout.data_dir)
    write_record(layout.home_dir, record)
    fresh.replace(layout.data_dir)
    return record


def replace_password(layout: Layout, port: int) -> ServerRecord:
    """Give a stopped server a new password, for when postgres.json was lost.

    Raises:
        DatabaseUnavailable: the data folder cannot be opened.
    """
    password = secrets.token_hex(24)
    single_user(layout, layout.data_dir, f"alter role {USER} password '{password}'")
    record = ServerRecord(port=port, password=SecretStr(password), data_dir=layout.data_dir)
    write_record(layout.home_dir, record)
    return record


def write_configuration(layout: Layout, port: int) -> None:
    """Write our settings next to the data; done at every start, so they follow the program."""
    found = {"port": str(port), **SERVER_SETTINGS}
    if _shared_memory_is_small():
        found["dynamic_shared_memory_type"] = "mmap"
    text = "".join(f"{name} = {value}\n" for name, value in found.items())
    _write_as(layout, layout.data_dir / CONFIGURATION, text)


def single_user(layout: Layout, data_dir: Path, statement: str) -> None:
    """Run one statement on a stopped server's folder, without a password or a port.

    Raises:
        DatabaseUnavailable: it failed.
    """
    # exit_on_error, or single-user mode would report success whatever happened.
    options = ["-c", "exit_on_error=on", "-c", "log_checkpoints=off", *HASHED_ONCE]
    result = layout.user.run(
        [layout.bin_dir / "postgres", "--single", "-D", data_dir, *options, "postgres"],
        stdin_text=f"{statement}\n",
    )
    if result.returncode != 0:
        raise DatabaseUnavailable(f"Postgres cannot open {data_dir}: {telling_line(result.stdout)}")


def telling_line(output: str) -> str:
    """Return the line of a program's output that says best what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    serious = [line for line in lines if any(w in line for w in ("FATAL:", "PANIC:", "error:"))]
    return (serious or lines or ["it said nothing"])[-1]


def _initdb(layout: Layout, fresh: Path, password: str) -> None:
    password_file = layout.cluster_dir / "password"
    _write_as(layout, password_file, password + "\n")
    try:
        result = layout.user.run(
            [
                layout.bin_dir / "initdb",
                f"--pgdata={fresh}",
                f"--username={USER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                # With checksums whoever first reads a new table logs all of it (wal_level, above).
                "--no-data-checksums",
                *HASHED_ONCE,
                "--encoding=UTF8",
                # Order by code point everywhere, yet upper() and lower() know all of Unicode.
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-instructions",
            ]
        )
    finally:
        password_file.unlink(missing_ok=True)
    if result.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        raise DatabaseUnavailable(
            f"cannot make a database in {layout.data_dir}: {telling_line(result.stdout)}"
        )


def _append_include(fresh: Path) -> None:
    with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(f"\ninclude_if_exists = '{CONFIGURATION}'  # written by clientele\n")


def _write_as(layout: Layout, path: Path, text: str) -> None:
    """Write a private file that belongs to the server user."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    if not layout.user.is_me:
        os.chown(path, layout.user.uid, layout.user.gid)


def _shared_memory_is_small() -> bool:
    """Containers give /dev/shm 64 MB, and parallel queries with our work_mem need more."""
    shared = Path("/dev/shm")  # noqa: S108
    return shared.is_dir() and shutil.disk_usage(shared).total < SMALL_SHARED_MEMORY
