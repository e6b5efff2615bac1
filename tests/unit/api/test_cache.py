import asyncio
from typing import Any

import pytest

from apps.api.cache import Cache
from apps.api.telemetry import Telemetry


class Made:
    """Counts how often something had to be made."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self) -> dict[str, int]:
        self.times += 1
        return {"times": self.times}


class FakeRedis:
    def __init__(self, is_lost: bool = False) -> None:
        self.kept: dict[str, bytes] = {}
        self.is_lost = is_lost
        self.asked = 0

    async def get(self, name: str) -> bytes | None:
        self.asked += 1
        if self.is_lost:
            raise ConnectionError("lost")
        return self.kept.get(name)

    async def set(self, name: str, value: bytes, ex: int) -> Any:
        if self.is_lost:
            raise ConnectionError("lost")
        self.kept[name] = value

    async def aclose(self) -> None:
        pass


def test_an_answer_is_made_once() -> None:
    made, cache = Made(), Cache(60, 10, Telemetry())

    async def twice() -> list[bytes]:
        return [await cache.answer("a", made) for _ in range(2)]

    assert asyncio.run(twice()) == [b'{"times":1}'] * 2


def test_without_seconds_nothing_is_kept() -> None:
    made, cache = Made(), Cache(0, 10, Telemetry())

    async def twice() -> list[bytes]:
        return [await cache.answer("a", made) for _ in range(2)]

    assert asyncio.run(twice()) == [b'{"times":1}', b'{"times":2}']


def test_what_fails_is_not_kept_and_the_oldest_goes_first() -> None:
    made, cache = Made(), Cache(60, 2, Telemetry())

    async def broken() -> Any:
        raise ValueError("no")

    async def steps() -> None:
        with pytest.raises(ValueError, match="no"):
            await cache.answer("a", broken)
        for key in ("a", "b", "c", "a"):
            await cache.answer(key, made)

    asyncio.run(steps())
    assert made.times == 4


def test_two_servers_share_what_redis_keeps() -> None:
    redis, made = FakeRedis(), Made()

    async def both() -> list[bytes]:
        return [
            await Cache(60, 10, Telemetry(), redis).answer("a", made),
            await Cache(60, 10, Telemetry(), redis).answer("a", made),
        ]

    assert asyncio.run(both()) == [b'{"times":1}'] * 2


def test_a_lost_redis_is_left_alone_and_memory_takes_over() -> None:
    redis, made = FakeRedis(is_lost=True), Made()
    cache = Cache(60, 10, Telemetry(), redis)

    async def steps() -> list[bytes]:
        return [await cache.answer(key, made) for key in ("a", "a", "b")]

    assert asyncio.run(steps()) == [b'{"times":1}', b'{"times":1}', b'{"times":2}']
    assert redis.asked == 1
