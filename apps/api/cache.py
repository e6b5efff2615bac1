"""Answers that were given a moment ago: in memory, or in a Redis that several servers share.

The cache is never needed: what goes wrong with Redis is a miss, and the memory takes over.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, cast

import orjson

from apps.api.telemetry import Telemetry

LOG = logging.getLogger("clientele.api")
PREFIX = "clientele:api:"
REDIS_SECONDS = 0.25
"""How long Redis may take before it is done without."""
REST_SECONDS = 5.0
"""How long Redis is left alone after it failed."""


class Remote(Protocol):
    """What is asked of a Redis client."""

    async def get(self, name: str) -> bytes | None:
        """Return a value."""

    async def set(self, name: str, value: bytes, ex: int) -> Any:
        """Keep a value for so many seconds."""

    async def aclose(self) -> None:
        """Close the connections."""


class Cache:
    """Bytes of answers by key, each for some seconds."""

    def __init__(
        self, seconds: float, entries: int, telemetry: Telemetry, remote: Remote | None = None
    ) -> None:
        self._seconds = seconds
        self._entries = entries
        self._telemetry = telemetry
        self._remote = remote
        self._remote_from = 0.0
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    async def answer(self, key: str, make: Callable[[], Awaitable[Any]]) -> bytes:
        """Return the JSON kept under the key, or what `make` gives, which is then kept.

        What `make` raises is not kept.
        """
        if self._seconds <= 0:
            return orjson.dumps(await make())
        found = self._own(key) or await self._others(key)
        if found is not None:
            self._telemetry.cache.labels("hit").inc()
            return found
        self._telemetry.cache.labels("miss").inc()
        made = orjson.dumps(await make())
        self._keep(key, made)
        await self._share(key, made)
        return made

    async def close(self) -> None:
        """Close the connections to Redis."""
        if self._remote is not None:
            await self._remote.aclose()

    def _own(self, key: str) -> bytes | None:
        kept = self._kept.get(key)
        if kept is None or kept[0] < time.monotonic():
            return None
        return kept[1]

    def _keep(self, key: str, value: bytes) -> None:
        self._kept.pop(key, None)
        self._kept[key] = (time.monotonic() + self._seconds, value)
        if len(self._kept) > self._entries:
            self._kept.popitem(last=False)

    async def _others(self, key: str) -> bytes | None:
        if self._remote is None or time.monotonic() < self._remote_from:
            return None
        try:
            found = await self._remote.get(PREFIX + key)
        except Exception as error:
            self._rest(error)
            return None
        return found

    async def _share(self, key: str, value: bytes) -> None:
        if self._remote is None or time.monotonic() < self._remote_from:
            return
        try:
            await self._remote.set(PREFIX + key, value, ex=max(1, round(self._seconds)))
        except Exception as error:
            self._rest(error)

    def _rest(self, error: Exception) -> None:
        self._remote_from = time.monotonic() + REST_SECONDS
        LOG.warning("Redis does not answer (%s): going on without", type(error).__name__)


def remote_cache(url: str) -> Remote:
    """Return a client of the Redis at that address; nothing is connected yet."""
    from redis.asyncio import Redis  # noqa: PLC0415 (optional at run time)

    client = Redis.from_url(url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS)
    return cast(Remote, client)
