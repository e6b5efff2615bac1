"""The cache of the API over a real Redis, which is then killed."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

from apps.api.cache import Cache, remote_cache
from apps.api.telemetry import Telemetry
from tests.ports import free_port

PROGRAM = shutil.which("redis-server")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="redis-server is not installed")


@pytest.fixture
def redis() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address of a Redis of our own, and its process."""
    port = free_port()
    command = [str(PROGRAM), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 30
        while socket.socket().connect_ex(("127.0.0.1", port)):
            assert time.monotonic() < end
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()


def test_servers_share_what_redis_keeps_and_go_on_without_it(
    redis: tuple[str, subprocess.Popen[bytes]],
) -> None:
    url, process = redis
    made: list[str] = []

    async def make() -> str:
        made.append("made")
        return "ä 1"

    async def asked() -> None:
        one, other = (Cache(60, 10, Telemetry(), remote_cache(url)) for _ in range(2))
        first = await one.answer("customer:1", make)
        assert await other.answer("customer:1", make) == first == '"ä 1"'.encode()
        assert len(made) == 1
        process.kill()
        process.wait()
        begun = time.monotonic()
        assert await other.answer("customer:2", make) == first
        assert await one.answer("customer:1", make) == first
        # What it knows itself it does not ask Redis for; a lost one costs a moment, once.
        assert len(made) == 2
        assert await other.answer("customer:3", make) == first
        assert time.monotonic() - begun < 5
        await one.close()
        await other.close()

    asyncio.run(asked())
