"""`/customers`, `/segments`, `/kpis`, ...: what the warehouse holds, by key or by filter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response, StreamingResponse

from apps import sql
from apps.api import queries
from apps.api.json_answer import json_answer, json_bytes
from apps.api.queries import BadCursor, Cursor, Order, Sort
from apps.api.routes.errors import EVERYWHERE, MISSING
from apps.api.schemas import Page, Rows
from apps.api.state import Scopes, Shared, State
from apps.csv_rows import csv_line

router = APIRouter(tags=["stored"])

NO_NUL = r"^[^\x00]*$"
"""Postgres knows no NUL in a text, so no key holds one."""
Id = Annotated[str, Path(min_length=1, max_length=300, pattern=NO_NUL)]
Word = Annotated[str | None, Query(max_length=200, pattern=NO_NUL)]
Amount = Annotated[float | None, Query(allow_inf_nan=False)]
Limit = Annotated[int, Query(ge=1, le=500)]


@router.get("/customers", response_model=Page, summary="Customers by segment, risk and value")
async def customers(  # noqa: PLR0913 (each is a filter)
    state: Shared,
    source: Word = None,
    country: Word = None,
    segment: Word = None,
    persona: Word = None,
    risk: Word = None,
    lifecycle: Word = None,
    value_tier: Word = None,
    min_clv: Amount = None,
    min_net_revenue: Amount = None,
    min_churn_probability: Amount = None,
    sort: Sort = "priority_rank",
    order: Order = "asc",
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Limit = 50,
) -> Response:
    """Return a page of customers without personal columns; unknown values come last.

    Pages go on where the one before ended, whatever was added in the meantime.
    """
    chosen = {
        "source": source,
        "country": country,
        "segment": segment,
        "persona": persona,
        "risk": risk,
        "lifecycle": lifecycle,
        "value_tier": value_tier,
        "min_clv": min_clv,
        "min_net_revenue": min_net_revenue,
        "min_churn_probability": min_churn_probability,
    }
    start = _cursor(cursor, sort, order) if cursor else None
    query = queries.customers(chosen, sort, order, start, limit)
    found = await state.pool.rows(query.text, *query.arguments)
    items, after = found[:limit], None
    if len(found) > limit:
        last = items[-1]
        after = Cursor(sort, order, last[sort], last["customer_id"]).text()
    return json_answer({"items": items, "next_cursor": after})


@router.get(
    "/customers/{customer_id}", summary="All that is known of a customer", responses=MISSING
)
async def customer(customer_id: Id, state: Shared, scopes: Scopes) -> Response:
    """Return the customer's row of `marts.customer_360`.

    Name, e-mail and phone are there for keys with the scope `personal`, and null for others.
    """
    is_personal = "personal" in scopes

    async def read() -> dict[str, Any]:
        query = "select * from marts.customer_360 where customer_id = $1"
        found = await one_or_404(state, "customer", query, customer_id)
        return found if is_personal else found | dict.fromkeys(queries.PERSONAL)

    key = f"customer:{int(is_personal)}:{customer_id}"
    return json_bytes(await state.cache.answer(key, read))


@router.get("/segments", response_model=Rows, summary="Segments with their size and profile")
async def segments(state: Shared, source: Word = None) -> Response:
    """Return the segments in force, largest spenders first."""
    return await _rows(
        state, queries.SEGMENTS, "s.source_name", source, "source_name, segment_number"
    )


@router.get("/kpis", response_model=Rows, summary="Key figures by month")
async def kpis(
    state: Shared,
    source: Word = None,
    first_month: Annotated[date | None, Query()] = None,
    last_month: Annotated[date | None, Query()] = None,
) -> Response:
    """Return `marts.kpi_monthly`, oldest month first."""
    query = sql.Query(queries.KPIS)
    if source is not None:
        query.where("source_name = ${}", source)
    if first_month is not None:
        query.where("month_start_date >= ${}", first_month)
    if last_month is not None:
        query.where("month_start_date <= ${}", last_month)
    query.text += " order by source_name, month_start_date"
    return json_answer({"items": await state.pool.rows(query.text, *query.arguments)})


@router.get("/risk-distribution", response_model=Rows, summary="Customers by churn probability")
async def risk_distribution(state: Shared, source: Word = None) -> Response:
    """Return customers and revenue at risk by tenth of the churn probability and by band."""
    return json_answer({"items": await state.pool.rows(queries.RISKS, source)})


@router.get(
    "/audiences/{name}", summary="Members of an audience", responses={**EVERYWHERE, **MISSING}
)
async def audience(
    name: Id,
    state: Shared,
    scopes: Scopes,
    source: Word = None,
    format: Annotated[Literal["json", "csv"], Query()] = "json",
) -> Response:
    """Stream today's members, as one JSON document or as CSV; memory does not grow with them."""
    query = "select audience_name from marts.dim_audiences where audience_name = $1"
    await one_or_404(state, "audience", query, name)
    rows = state.pool.stream(queries.audience("personal" in scopes), name, source)
    if format == "csv":
        headers = {"content-disposition": 'attachment; filename="audience.csv"'}
        return StreamingResponse(_csv(rows), media_type="text/csv", headers=headers)
    return StreamingResponse(_items(rows), media_type="application/json")


async def one_or_404(state: State, what: str, query: str, key: str) -> dict[str, Any]:
    """Return the one row of a key, or answer 404."""
    rows = await state.pool.rows(query, key)
    if not rows:
        raise HTTPException(404, f"there is no such {what}")
    return rows[0]


async def _rows(state: State, text: str, column: str, source: str | None, order: str) -> Response:
    query = sql.Query(text)
    if source is not None:
        query.text += f" where {column} = $1"
        query.arguments.append(source)
    query.text += f" order by {order}"
    return json_answer({"items": await state.pool.rows(query.text, *query.arguments)})


def _cursor(text: str, sort: str, order: Order) -> Cursor:
    try:
        return queries.read_cursor(text, sort, order)
    except BadCursor as error:
        raise RequestValidationError(
            [{"type": "value_error", "loc": ("query", "cursor"), "msg": str(error), "input": None}]
        ) from None


async def _csv(rows: AsyncIterator[dict[str, Any]]) -> AsyncIterator[bytes]:
    is_first = True
    async for row in rows:
        if is_first:
            yield csv_line(row.keys())
            is_first = False
        yield csv_line(row.values())


async def _items(rows: AsyncIterator[dict[str, Any]]) -> AsyncIterator[bytes]:
    yield b'{"items":['
    start = b""
    async for row in rows:
        yield start + json_answer(row).body
        start = b","
    yield b"]}"
