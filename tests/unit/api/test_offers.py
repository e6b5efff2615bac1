"""Whoever has no lists gets the best sellers, and nobody gets none."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from apps.api.routes import offers
from tests.unit.api.test_direct import app  # noqa: F401 (a fixture)

BEST = {"list_name": "discover", "list_rank": 1, "product_id": "p", "reason": "popular in DE"}


class Pool:
    """Answers each statement with rows of its own, and keeps what it was asked."""

    def __init__(self, answers: dict[str, list[dict[str, Any]]]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, tuple[Any, ...]]] = []

    async def rows(self, query: str, *arguments: Any) -> list[dict[str, Any]]:
        self.asked.append((query, arguments))
        return self.answers.get(query, [])

    async def close(self) -> None:
        pass


def lists(app: Any, pool: Pool) -> httpx.Response:  # noqa: F811
    object.__setattr__(app.state.clientele, "pool", pool)

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get("/customers/shop:1/recommendations")

    return asyncio.run(asked())


def test_a_customer_without_lists_gets_those_of_the_country(app: Any) -> None:  # noqa: F811
    known = [{"source_name": "shop", "country": "DE"}]
    pool = Pool({offers.KNOWN: known, offers.STRANGER: [BEST]})
    found = lists(app, pool).json()
    assert found == {"customer_id": "shop:1", "is_cold": True, "items": [BEST]}
    assert pool.asked[-1] == (offers.STRANGER, ("shop", "DE"))


def test_a_customer_with_lists_gets_them(app: Any) -> None:  # noqa: F811
    found = lists(app, Pool({offers.LISTS: [BEST]})).json()
    assert (found["is_cold"], found["items"]) == (False, [BEST])


@pytest.mark.parametrize("answers", [{}, {offers.STRANGER: [BEST]}])
def test_an_id_that_nobody_has_is_404(app: Any, answers: Any) -> None:  # noqa: F811
    assert lists(app, Pool(answers)).status_code == 404
