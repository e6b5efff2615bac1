"""A server in the test's own process, with no database behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from apps.api.config import ApiConfig
from apps.api.edge import App, Edge
from apps.api.keys import Key, KeyRing, hashed
from apps.api.telemetry import Telemetry
from warehouse.errors import DatabaseUnavailable


class FakePool:
    """Gives rows that were put in; raises while it is away."""

    def __init__(self, rows: list[dict[str, Any]] | None = None) -> None:
        self.answers = rows or []
        self.is_away = False
        self.asked = 0

    async def rows(self, query: str, *arguments: Any) -> list[dict[str, Any]]:
        self.asked += 1
        if self.is_away:
            raise DatabaseUnavailable("away")
        return self.answers


def key_row(key_id: str, key: str, scopes: str, is_revoked: bool = False) -> dict[str, Any]:
    return {
        "key_id": key_id,
        "key_hash": hashed(key),
        "scopes": scopes,
        "label": "test",
        "is_revoked": is_revoked,
    }


def ring(*rows: dict[str, Any]) -> KeyRing:
    return KeyRing(FakePool(list(rows)), 5)  # type: ignore[arg-type]


def client_of(
    app: App, config: ApiConfig | None = None, keys: KeyRing | None = None
) -> tuple[Callable[..., httpx.Response], Telemetry]:
    """Return a function that asks the app through the edge, and what the edge counts."""
    telemetry = Telemetry()
    edge = Edge(app, config or ApiConfig(), keys or ring(), telemetry)

    def ask(method: str, path: str, **more: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=edge, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return await client.request(method, path, **more)

        return asyncio.run(asked())

    return ask, telemetry


def answers(status: int = 200, wait: float = 0) -> App:
    """An app that reads the body and answers with its length and the scopes of the key."""

    async def app(scope: Any, receive: Callable[[], Awaitable[Any]], send: Any) -> None:
        size = 0
        while True:
            message = await receive()
            size += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        await asyncio.sleep(wait)
        body = f"{size} {sorted(scope['state']['scopes'])}".encode()
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": body})

    return app


__all__ = ["FakePool", "Key", "answers", "client_of", "key_row", "ring"]
