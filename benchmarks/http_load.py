"""A client that asks at a steady rate, or as fast as it gets answers, over kept connections.

Raw sockets and prepared bytes, so that the client takes little of the two cores. In a steady run a
request's time counts from when it was due, so that a server that stalls cannot hide it.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import uvloop

OK, UNAVAILABLE = 200, 503


@dataclass
class Result:
    """What came back."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    elapsed: float = 0.0
    wrong: int = 0
    """Answers that differ from the first one of the same request and model version."""
    without_remedy: int = 0
    """503s that do not say when to ask again."""
    failed_seconds: Counter[int] = field(default_factory=Counter)
    """What was no 200, by the second of the run in which it came."""
    _firsts: dict[tuple[int, bytes], bytes] = field(default_factory=dict)

    def note(self, place: int, status: int, head: bytes, body: bytes, seconds: float) -> None:
        """Look at an answer that came so many seconds after the start."""
        self.statuses[status] += 1
        if status == OK:
            first = self._firsts.setdefault((place, _version(body)), body)
            self.wrong += not _same(first, body)
            return
        self.failed_seconds[int(seconds)] += 1
        self.without_remedy += status == UNAVAILABLE and b"retry-after: " not in head

    def summary(self) -> dict[str, Any]:
        """Requests a second, percentiles in milliseconds, and what was no 200."""
        cuts = statistics.quantiles(self.seconds, n=100) if len(self.seconds) > 1 else [0.0] * 99
        return {
            "requests": len(self.seconds),
            "per_second": len(self.seconds) / self.elapsed,
            "p50_ms": cuts[49] * 1000,
            "p95_ms": cuts[94] * 1000,
            "p99_ms": cuts[98] * 1000,
            "errors": sum(n for status, n in self.statuses.items() if status != OK),
            "wrong": self.wrong,
            "without_remedy": self.without_remedy,
            "failed_seconds": {str(second): n for second, n in self.failed_seconds.items()},
            "statuses": {str(status): n for status, n in self.statuses.items()},
        }


class Connection(asyncio.Protocol):
    """One connection: one request at a time, answers with a content-length."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answer: asyncio.Future[tuple[int, bytes, bytes]] | None = None
        self.is_lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where to write."""
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        self.is_lost = True
        if self._answer and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("closed"))

    def data_received(self, data: bytes) -> None:
        """Hand over an answer once it is whole."""
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found or self._answer is None:
            return
        lower = head.lower()
        start = lower.find(b"content-length: ") + 16
        length = int(lower[start : lower.find(b"\r", start) if b"\r" in lower[start:] else None])
        if len(body) >= length:
            self._buffer = b""
            self._answer.set_result((int(head[9:12]), lower, body))

    async def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Send a request and wait for status, head in small letters and body of its answer."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)  # type: ignore[attr-defined]
        return await self._answer


def _version(body: bytes) -> bytes:
    """The version of the model that gave an answer, empty where none is named."""
    _, found, rest = body.partition(b'"model_version":"')
    return rest.partition(b'"')[0] if found else b""


def _same(one: bytes, other: bytes) -> bool:
    """Whether two answers say the same, numbers to 1e-9."""
    if one == other:
        return True
    first, second = json.loads(one), json.loads(other)
    if first.keys() != second.keys():
        return False
    return all(
        abs(first[key] - second[key]) < 1e-9
        if isinstance(first[key], float) and isinstance(second[key], float)
        else first[key] == second[key]
        for key in first
    )


def request_bytes(method: str, path: str, body: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    head = f"{method} {path} HTTP/1.1\r\nhost: bench\r\n"
    if body:
        head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


async def load(
    port: int, requests: list[bytes], seconds: float, rate: float | None, connections: int
) -> Result:
    """Ask for some seconds: `rate` requests a second, or as fast as it goes where it is None."""
    loop = asyncio.get_running_loop()
    result = Result()
    due: asyncio.Queue[tuple[float, int]] = asyncio.Queue()
    start = time.perf_counter()
    end = start + seconds

    async def connect() -> Connection:
        _, made = await loop.create_connection(Connection, "127.0.0.1", port)
        return made

    async def work() -> None:
        connection = await connect()
        number = 0
        while True:
            if rate is None:
                since, place = time.perf_counter(), number
                number += 1
                if since > end:
                    return
            else:
                since, place = await due.get()
                if place < 0:
                    return
            place %= len(requests)
            try:
                status, head, body = await connection.ask(requests[place])
            except (ConnectionError, OSError):
                status, head, body = 0, b"", b""
                await asyncio.sleep(0.05)
                try:
                    connection = await connect()
                except OSError:
                    await asyncio.sleep(0.2)
            result.seconds.append(time.perf_counter() - since)
            result.note(place, status, head, body, time.perf_counter() - start)

    async def tick() -> None:
        assert rate is not None
        for number in range(int(rate * seconds)):
            when = start + number / rate
            wait = when - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            due.put_nowait((when, number))
        for _ in range(connections):
            due.put_nowait((0.0, -1))

    workers = [asyncio.create_task(work()) for _ in range(connections)]
    if rate is not None:
        await tick()
    await asyncio.gather(*workers)
    result.elapsed = time.perf_counter() - start
    return result


def main() -> None:
    """Read what to do from standard input, print what came back: a process of its own."""
    asked = json.load(sys.stdin)
    requests = [
        request_bytes(each["method"], each["path"], each.get("body", "").encode())
        for each in asked["requests"]
    ]
    done = uvloop.run(
        load(asked["port"], requests, asked["seconds"], asked["rate"], asked["connections"])
    )
    print(json.dumps(done.summary()))


if __name__ == "__main__":
    main()
