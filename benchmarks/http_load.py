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


@dataclass
class Result:
    """What came back."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    elapsed: float = 0.0
    wrong: int = 0

    def summary(self) -> dict[str, float]:
        """Requests a second, percentiles in milliseconds, and what was no 200."""
        cuts = statistics.quantiles(self.seconds, n=100) if len(self.seconds) > 1 else [0.0] * 99
        return {
            "requests": len(self.seconds),
            "per_second": len(self.seconds) / self.elapsed,
            "p50_ms": cuts[49] * 1000,
            "p95_ms": cuts[94] * 1000,
            "p99_ms": cuts[98] * 1000,
            "errors": sum(n for status, n in self.statuses.items() if status != 200),
            "wrong": self.wrong,
        }


class Connection(asyncio.Protocol):
    """One connection: one request at a time, answers with a content-length."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
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
            self._answer.set_result((int(head[9:12]), body))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request and wait for its answer."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)  # type: ignore[attr-defined]
        return await self._answer


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
    expected: dict[int, bytes] = {}
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
                status, body = await connection.ask(requests[place])
            except (ConnectionError, OSError):
                status, body = 0, b""
                await asyncio.sleep(0.05)
                try:
                    connection = await connect()
                except OSError:
                    await asyncio.sleep(0.2)
            result.seconds.append(time.perf_counter() - since)
            result.statuses[status] += 1
            if status == 200 and not _same(expected.setdefault(place, body), body):
                result.wrong += 1

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
    done = asyncio.run(
        load(asked["port"], requests, asked["seconds"], asked["rate"], asked["connections"])
    )
    statuses = {str(status): count for status, count in done.statuses.items()}
    print(json.dumps({**done.summary(), "statuses": statuses}))


if __name__ == "__main__":
    main()
