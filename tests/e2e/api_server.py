"""A server of the API in a process of its own, as `make api` starts it."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.e2e.home import BIN, Home
from tests.embedded_help import PROJECT_DIR
from tests.ports import free_port

START_SECONDS = 180


@dataclass
class Server:
    """A server that answers."""

    process: subprocess.Popen[bytes]
    client: httpx.Client
    log: Path

    @property
    def url(self) -> str:
        return str(self.client.base_url)

    def records(self) -> list[dict[str, object]]:
        """What it logged, line by line."""
        lines = self.log.read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


@contextmanager
def serving(home: Home, log: Path, *arguments: str, **environment: str) -> Iterator[Server]:
    """Start a server on a free port, wait until it answers, and stop it at the end."""
    port = free_port()
    with log.open("ab") as errors:
        process = subprocess.Popen(
            [str(BIN / "clientele"), "api", "serve", "--port", str(port), *arguments],
            cwd=PROJECT_DIR,
            env={**home.environment, **environment},
            stdout=errors,
            stderr=errors,
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            _await(process, client, log)
            yield Server(process, client, log)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(process: subprocess.Popen[bytes], client: httpx.Client, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text("utf-8")[-2000:]
        try:
            if client.get("/health/live").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"the server never answered: {log.read_text('utf-8')[-2000:]}")
