"""What the operating system tells about a server."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from warehouse import postmaster
from warehouse.errors import DatabaseUnavailable
from warehouse.postmaster import clear_stale_pid, find_postmaster, first_free_port, port_is_free


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program that is called postgres and does nothing for a minute."""
    path = tmp_path / "postgres"
    shutil.copy(shutil.which("sleep") or "/bin/sleep", path)
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def orphan(program: Path, data: Path) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([program, "60"], cwd=data) as process:
        yield process
        process.kill()


def write_pid_file(data: Path, pid: int, status: str = "ready") -> Path:
    lines = [str(pid), str(data), "1750000000", "54399", "", "127.0.0.1", "1 2", status]
    path = data / "postmaster.pid"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("content", ["", "12", "x\ny\nz\nw\n", "999999999\n/d\n1\n5\n", "1\n" * 8])
def test_a_pid_file_alone_is_no_server(data: Path, content: str) -> None:
    (data / "postmaster.pid").write_text(content)
    assert find_postmaster(data) is None


def test_another_program_with_that_pid_is_no_server(data: Path) -> None:
    write_pid_file(data, os.getpid())
    assert find_postmaster(data) is None


def test_a_server_on_other_data_is_not_ours(data: Path, orphan: subprocess.Popen[bytes]) -> None:
    write_pid_file(data, orphan.pid)
    assert find_postmaster(data) is None


def test_left_over_processes_keep_the_pid_file(data: Path, orphan: subprocess.Popen[bytes]) -> None:
    path = write_pid_file(data, os.getpid())
    with pytest.raises(DatabaseUnavailable, match=f"end them \\(pid {orphan.pid}\\)"):
        clear_stale_pid(data, timeout=0.1)
    assert path.exists()
    orphan.kill()
    orphan.wait()
    clear_stale_pid(data, timeout=0.1)
    assert not path.exists()


def test_the_pid_file_of_a_dead_process_is_left_to_postgres(data: Path) -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    path = write_pid_file(data, gone.pid)
    clear_stale_pid(data, timeout=0.1)
    assert path.exists()


def test_ports() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not port_is_free(port)
        assert first_free_port(port) > port


def test_no_port_at_all_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postmaster, "port_is_free", lambda _: False)
    with pytest.raises(DatabaseUnavailable, match="set CLIENTELE_PORT"):
        first_free_port()
