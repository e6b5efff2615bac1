"""A pool of asynchronous connections, for servers that answer many questions at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg

from warehouse.errors import DatabaseUnavailable, NotBuilt
from warehouse.settings import Settings

LOST = (
    asyncpg.exceptions.PostgresConnectionError,
    asyncpg.exceptions.CannotConnectNowError,
    asyncpg.exceptions.AdminShutdownError,
    asyncpg.exceptions.CrashShutdownError,
    asyncpg.exceptions.TooManyConnectionsError,
    asyncpg.exceptions.InterfaceError,
    # What asyncpg says of a connection on which the server's last word has come, and not its end.
    asyncpg.exceptions.InternalClientError,
    OSError,
)


UNKNOWN = (
    asyncpg.exceptions.UndefinedTableError,
    asyncpg.exceptions.UndefinedColumnError,
    asyncpg.exceptions.InvalidSchemaNameError,
)


class Connection(asyncpg.Connection):  # type: ignore[misc] # asyncpg has no types
    """One that is not cleaned after each question: ours leave nothing behind in their session."""

    def get_reset_query(self) -> str:
        """Nothing to do, which saves a round trip a question."""
        return ""


class Pool:
    """Connections that come back by themselves after the server was away.

    Nothing is connected until the first question, so a pool can be made while the server is down.
    """

    def __init__(self, settings: Settings, size: int, seconds: float) -> None:
        """Keep how to connect.

        Args:
            settings: as from `ensure_server`.
            size: connections at the most.
            seconds: after which a question, or waiting for a connection, is given up.
        """
        self._settings = settings
        self._size = size
        self._seconds = seconds
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()
        # asyncpg lets who asks just now pass whoever waits; in a crowd some would wait for long.
        self._turns = asyncio.Semaphore(size)

    async def rows(self, query: str, *arguments: Any) -> list[dict[str, Any]]:
        """Run a query with $1, $2 ... and return its rows; numerics come as floats.

        Raises:
            DatabaseUnavailable: the server is away, or too slow.
            NotBuilt: there is no such table.
        """
        async with self._connection() as conn:
            return [dict(row) for row in await conn.fetch(query, *arguments)]

    async def stream(self, query: str, *arguments: Any) -> AsyncIterator[dict[str, Any]]:
        """Run a query and yield its rows as they come; memory does not grow with their number.

        Raises:
            DatabaseUnavailable: the server is away, or goes away.
        """
        async with self._connection() as conn, conn.transaction(readonly=True):
            async for row in conn.cursor(query, *arguments, prefetch=500):
                yield dict(row)

    async def execute(self, statement: str, *arguments: Any) -> None:
        """Run a statement that returns nothing, in a transaction of its own.

        Raises:
            DatabaseUnavailable: the server is away, or too slow.
        """
        async with self._connection() as conn:
            await conn.execute(statement, *arguments)

    def usage(self) -> tuple[int, int]:
        """Connections in use, and open."""
        if self._pool is None:
            return 0, 0
        size = self._pool.get_size()
        return size - self._pool.get_idle_size(), size

    async def close(self) -> None:
        """Close every connection, at once where the server does not answer."""
        if self._pool is not None:
            try:
                await asyncio.wait_for(self._pool.close(), 5)
            except (TimeoutError, *LOST):
                self._pool.terminate()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        try:
            async with asyncio.timeout(self._seconds):
                await self._turns.acquire()
            try:
                async with (await self._opened()).acquire(timeout=self._seconds) as conn:
                    with _dropped_when_broken(conn):
                        yield conn
            finally:
                self._turns.release()
        except TimeoutError as error:
            raise DatabaseUnavailable(
                f"the database did not answer in {self._seconds:g} seconds"
            ) from error
        except UNKNOWN as error:
            raise NotBuilt(error.args[0]) from error
        except LOST as error:
            raise DatabaseUnavailable("the database cannot be reached just now") from error

    async def _opened(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    **_arguments(self._settings),
                    # All of them at once: making one takes longer than any question.
                    min_size=self._size,
                    max_size=self._size,
                    connection_class=Connection,
                    command_timeout=self._seconds,
                    timeout=self._seconds,
                    init=_prepare,
                    server_settings={"timezone": "UTC", "application_name": "clientele-api"},
                )
        return self._pool


@contextmanager
def _dropped_when_broken(conn: Any) -> Iterator[None]:
    """Close a connection whose protocol is out of step: the pool would lend it again."""
    try:
        yield
    except asyncpg.exceptions.InternalClientError:
        conn.terminate()
        raise


def _arguments(settings: Settings) -> dict[str, Any]:
    found = settings.connection.psycopg2_kwargs()
    found["database"] = found.pop("dbname")
    if "sslmode" in found:
        found["ssl"] = found.pop("sslmode")
    return found


async def _prepare(conn: Any) -> None:
    await conn.set_type_codec(
        "numeric", schema="pg_catalog", encoder=str, decoder=float, format="text"
    )
