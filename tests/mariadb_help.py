"""A private MariaDB server for tests: its own folder, a free port, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql
import pytest

from tests.ports import free_port

PROGRAMS = ("mariadbd", "mariadb-install-db")
PLACES = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
START_SECONDS = 60


@contextmanager
def mariadb_server() -> Iterator[str]:
    """Yield the URL of an empty database `shop`, as user `reader` with password `s3cret`."""
    found = {name: shutil.which(name, path=PLACES) for name in PROGRAMS}
    missing = [name for name, path in found.items() if path is None]
    if missing:
        pytest.skip(
            f"no {' and no '.join(missing)} on this machine: apt-get install mariadb-server"
        )
    folder = Path(tempfile.mkdtemp(prefix="clientele-mariadb-"))
    folder.chmod(0o755)
    try:
        yield from _run(found, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(found: dict[str, str | None], folder: Path) -> Iterator[str]:
    data, user = folder / "data", pwd.getpwuid(os.getuid()).pw_name
    install = [found["mariadb-install-db"], "--no-defaults", f"--datadir={data}"]
    install += ["--auth-root-authentication-method=normal", "--skip-test-db", f"--user={user}"]
    subprocess.run(install, check=True, capture_output=True)
    port = free_port()
    command = [found["mariadbd"], "--no-defaults", f"--datadir={data}", f"--port={port}"]
    command += ["--bind-address=127.0.0.1", f"--socket={folder / 'socket'}", f"--user={user}"]
    command += ["--innodb-buffer-pool-size=16M", "--default-time-zone=+00:00"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _prepare(port, server, folder / "log")
        yield f"mysql://reader:s3cret@127.0.0.1:{port}/shop"
    finally:
        server.terminate()
        server.wait(30)


def _prepare(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            root = pymysql.connect(host="127.0.0.1", port=port, user="root")
            break
        except pymysql.err.OperationalError:
            if server.poll() is not None or time.monotonic() > end:
                raise AssertionError(log.read_text(errors="replace")) from None
            time.sleep(0.1)
    with root, root.cursor() as cursor:
        cursor.execute("create database shop character set utf8mb4")
        cursor.execute("create user reader identified by 's3cret'")
        cursor.execute("grant all on shop.* to reader")
