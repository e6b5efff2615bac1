"""Recommendations, related products and forecasts: stored, and online for a basket or a text."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any, Literal

import pandas as pd
from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from apps.api.answers import plain
from apps.api.json_answer import json_answer, json_bytes
from apps.api.routes.errors import MISSING, PREDICTS
from apps.api.routes.predict import served_or_404
from apps.api.routes.stored import Id, Word
from apps.api.schemas import Recommendations, Rows, SentimentPrediction
from apps.api.state import Shared, State
from apps.sql import Query as Statement
from ml.columns import SOURCE_NAME

router = APIRouter()
LISTS = """
select list_name, list_rank, product_id, product_name, category, score, candidate_source, reason,
    expected_next_purchase_date
from predictions.customer_recommendations where customer_id = $1 order by list_name, list_rank
"""
# Whom the lists do not know: the best sellers of their country, then of the shop.
STRANGER = """
select 'discover' as list_name, list_rank, product_id, product_name, null as category, score,
    null as candidate_source, reason, null as expected_next_purchase_date
from predictions.cold_start_recommendations
where source_name = $1 and country = coalesce(
    (select country from predictions.cold_start_recommendations
     where source_name = $1 and country = $2 limit 1), '(any)')
order by list_rank
"""
KNOWN = "select source_name, country from marts.customer_360 where customer_id = $1"
RELATED = """
select list_name, list_rank, related_product_id, related_product_name, score, candidate_source,
    basket_count, support, confidence, lift
from predictions.product_recommendations where product_id = $1 order by list_name, list_rank
"""
PRODUCT = "select product_id from marts.dim_products where product_id = $1"
FORECASTS = """
select source_name, series_level, series_key, series_name, grain, target_date, target_end_date,
    horizon_days, currency, forecast_amount, lower_80_amount, upper_80_amount, lower_95_amount,
    upper_95_amount, method, reason, as_of_date, model_version
from predictions.sales_forecast
"""


class BasketRequest(BaseModel):
    """What somebody has in the basket, of whom nothing else need be known."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"source": "sample", "basket": ["sample:1"]}]},
    )

    source: Annotated[str | None, Field(max_length=100)] = None
    basket: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=200)] = []
    """Product ids; those that the model does not know are passed over."""
    country: Annotated[str | None, Field(max_length=100)] = None
    as_of_date: date | None = None


class TextRequest(BaseModel):
    """A review."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"source": "sample", "text": "Fits well, but faded soon."}]
        },
    )

    source: Annotated[str | None, Field(max_length=100)] = None
    title: Annotated[str | None, Field(max_length=10_000)] = None
    text: Annotated[str | None, Field(max_length=100_000)] = None


@router.get(
    "/customers/{customer_id}/recommendations",
    response_model=Recommendations,
    tags=["stored"],
    summary="What a customer may buy again, and discover",
    responses=MISSING,
)
async def recommendations(customer_id: Id, state: Shared) -> Response:
    """Return both lists with a reason in words for each product.

    A customer without lists (new, or without purchases) gets the best sellers of their country, or
    of the shop; `is_cold` says so. An id that nobody has is a 404.
    """

    async def read() -> dict[str, Any]:
        items = await state.pool.rows(LISTS, customer_id)
        if items:
            return {"customer_id": customer_id, "is_cold": False, "items": items}
        known = await state.pool.rows(KNOWN, customer_id)
        if not known:
            raise HTTPException(404, "there is no such customer")
        row = known[0]
        items = await state.pool.rows(STRANGER, row["source_name"], row["country"])
        return {"customer_id": customer_id, "is_cold": True, "items": items}

    return json_bytes(await state.cache.answer(f"lists:{customer_id}", read))


@router.get(
    "/products/{product_id}/related",
    response_model=Rows,
    tags=["stored"],
    summary="Products that are alike, or bought together",
    responses=MISSING,
)
async def related(product_id: Id, state: Shared) -> Response:
    """Return both lists of a product; a product without any has an empty answer."""

    async def read() -> dict[str, Any]:
        items = await state.pool.rows(RELATED, product_id)
        if not items and not await state.pool.rows(PRODUCT, product_id):
            raise HTTPException(404, "there is no such product")
        return {"items": items}

    return json_bytes(await state.cache.answer(f"related:{product_id}", read))


@router.get("/forecasts", response_model=Rows, tags=["stored"], summary="Sales to come")
async def forecasts(  # noqa: PLR0913 (each is a filter)
    state: Shared,
    source: Word = None,
    level: Annotated[Literal["total", "country", "category", "product"], Query()] = "total",
    key: Word = None,
    grain: Annotated[Literal["day", "week"], Query()] = "day",
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> Response:
    """Return `predictions.sales_forecast` with 80% and 95% intervals, oldest day first."""
    query = Statement(FORECASTS)
    query.where("series_level = ${}", level).where("grain = ${}", grain)
    if source is not None:
        query.where("source_name = ${}", source)
    if key is not None:
        query.where("series_key = ${}", key)
    query.end(f"order by source_name, series_key, target_date limit {limit:d}")
    return json_answer({"items": await state.pool.rows(query.text, *query.arguments)})


@router.post(
    "/predict/recommendations",
    response_model=Recommendations,
    tags=["predict"],
    summary="What goes with a basket",
    responses=PREDICTS,
)
async def for_basket(request: BasketRequest, state: Shared) -> Response:
    """Return what somebody with this basket may discover; an empty one gets the best sellers."""
    served = served_or_404(state, "recommendations", request.source)
    day = request.as_of_date or served.artefact.trained_as_of_date
    model = served.artefact.estimator
    # In a thread: others are answered meanwhile.
    found = await asyncio.to_thread(model.for_basket, request.basket, request.country, day)
    state.telemetry.predicted("recommendations", served.artefact.source_name, ["all"])
    items = await _named(state, _records(found))
    return json_answer(
        {"customer_id": None, "is_cold": not model.known(request.basket), "items": items}
    )


@router.post(
    "/predict/sentiment",
    response_model=SentimentPrediction,
    tags=["predict"],
    summary="What a review says",
    responses=PREDICTS,
)
async def sentiment(request: TextRequest, state: Shared) -> Response:
    """Return language, class and probabilities; nulls and the reason where nothing can be said."""
    served = served_or_404(state, "review_sentiment", request.source)
    artefact = served.artefact
    row = {
        **dict.fromkeys((*artefact.contract.keys, *artefact.contract.feature_names)),
        SOURCE_NAME: artefact.source_name,
        "review_id": "0",
        "review_title": request.title,
        "review_text": request.text,
    }
    said = await asyncio.to_thread(artefact.estimator.predict, pd.DataFrame([row]))
    (found,) = _records(said)
    state.telemetry.predicted(
        "review_sentiment", artefact.source_name, [str(found.get("sentiment"))]
    )
    head = {"source": artefact.source_name, "model_version": artefact.model_version}
    return json_answer({**head, **found})


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    columns = {name: plain(frame[name]) for name in frame.columns}
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


async def _named(state: State, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same with the names of the products."""
    asked = sorted({str(item["product_id"]) for item in items if item["product_id"]})
    query = "select product_id, product_name from marts.dim_products where product_id = any($1)"
    names = {row["product_id"]: row["product_name"] for row in await state.pool.rows(query, asked)}
    kept = ("list_name", "list_rank", "product_id", "score", "candidate_source", "reason")
    return [
        {name: item.get(name) for name in kept} | {"product_name": names.get(item["product_id"])}
        for item in items
    ]
