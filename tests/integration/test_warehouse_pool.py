"""The pool of a server that answers many questions at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from warehouse.connect import connect
from warehouse.errors import DatabaseUnavailable
from warehouse.pool import Pool
from warehouse.settings import Settings

SLEEP = "select pg_sleep($1)"


def with_pool(
    settings: Settings, use: Callable[[Pool], Awaitable[Any]], size: int = 1, seconds: float = 10
) -> Any:
    async def run() -> Any:
        pool = Pool(settings, size, seconds)
        try:
            return await use(pool)
        finally:
            await pool.close()

    return asyncio.run(run())


def test_numbers_of_sql_are_floats(settings: Settings) -> None:
    rows = with_pool(settings, lambda pool: pool.rows("select 1.5::numeric as a, null as b"))
    assert rows == [{"a": 1.5, "b": None}]


def test_who_asks_first_is_answered_first(settings: Settings) -> None:
    answered: list[int] = []

    async def ask(pool: Pool, number: int) -> None:
        await pool.rows("select 1")
        answered.append(number)

    async def crowd(pool: Pool) -> None:
        await pool.rows("select 1")
        tasks = []
        for number in range(200):
            tasks.append(asyncio.create_task(ask(pool, number)))
            # Twenty wait, and others come one by one while they are answered.
            if number > 20:
                await asyncio.sleep(0)
        await asyncio.gather(*tasks)

    with_pool(settings, crowd)
    assert answered == list(range(200))


def test_a_question_that_waits_too_long_is_given_up_and_the_next_is_answered(
    settings: Settings,
) -> None:
    async def crowd(pool: Pool) -> list[Any]:
        asked = (pool.rows(SLEEP, 0.6), pool.rows("select 1 as one"))
        found = await asyncio.gather(*asked, return_exceptions=True)
        return [*found, await pool.rows("select 2 as two")]

    slow, waiting, after = with_pool(settings, crowd, seconds=0.4)
    assert isinstance(slow, DatabaseUnavailable)
    assert isinstance(waiting, DatabaseUnavailable) or waiting == [{"one": 1}]
    assert after == [{"two": 2}]


def test_who_goes_away_gives_up_the_turn(settings: Settings) -> None:
    async def crowd(pool: Pool) -> Any:
        await pool.rows("select 1")
        running = asyncio.create_task(pool.rows(SLEEP, 30))
        waiting = asyncio.create_task(pool.rows(SLEEP, 30))
        await asyncio.sleep(0.1)
        for task in (waiting, running):
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        return await pool.rows("select 1 as one")

    assert with_pool(settings, crowd) == [{"one": 1}]


def test_a_connection_that_the_server_ended_is_unavailable_and_then_another(
    settings: Settings,
) -> None:
    async def ended(pool: Pool) -> list[str]:
        said = []
        with connect(settings) as conn, conn.cursor() as cursor:
            for turn in range(60):
                try:
                    ((pid,),) = [row.values() for row in await pool.rows("select pg_backend_pid()")]
                    cursor.execute("select pg_terminate_backend(%s, 1000)", (pid,))
                    # What the server says last arrives in some of these turns, its end in others.
                    for _ in range(turn % 4):
                        await asyncio.sleep(0)
                    await pool.rows("select 1")
                    said.append("answered")
                except DatabaseUnavailable:
                    said.append("unavailable")
        return said

    said = with_pool(settings, ended)
    assert {"unavailable"} <= set(said)
    # Whatever was lost: the next question finds a connection.
    assert with_pool(settings, lambda pool: pool.rows("select 1 as one")) == [{"one": 1}]
