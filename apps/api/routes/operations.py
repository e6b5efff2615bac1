"""`/health` and `/metrics`: whether the server lives, and what it did."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST

from apps.api.json_answer import json_answer
from apps.api.schemas import Alive, Health, Rows
from apps.api.state import Shared, State
from warehouse.errors import DatabaseUnavailable

router = APIRouter(tags=["operations"])
READY, AWAY, NOT_BUILT = "ready", "no database", "not built"
MART = "marts.customer_360"


@router.get("/health", response_model=Health, summary="Whether the server can answer")
@router.get("/health/ready", response_model=Health, summary="Whether the server can answer")
async def ready(state: Shared) -> Response:
    """Return 200 when Postgres answers and the marts are built, else 503. Needs no key."""
    status = await _status(state)
    content = {
        "status": status,
        "database": status != AWAY,
        "models": len(state.models.all()),
    }
    answer = json_answer(content, 200 if status == READY else 503)
    if status != READY:
        answer.headers["retry-after"] = "2"
    return answer


@router.get("/health/live", response_model=Alive, summary="Whether the process lives")
async def live(state: Shared) -> Response:
    """Return 200 as long as the process answers at all. Needs no key."""
    return json_answer({"status": "live", "models": len(state.models.all())})


@router.get("/metrics", summary="All counters, for Prometheus")
async def metrics(state: Shared) -> Response:
    """Return requests, latencies, predictions by bucket, models and their age, pool and cache."""
    _measure(state)
    return Response(state.telemetry.text(), media_type=CONTENT_TYPE_LATEST)


@router.get("/metrics/models", response_model=Rows, summary="How good the served models are")
async def model_metrics(state: Shared) -> Response:
    """Return the stored evaluations of the models in force, with interval and baseline."""
    query = "select * from predictions.model_evaluations where is_champion order by 1, 2, 3, 4"
    return json_answer({"items": await state.pool.rows(query)})


@router.get("/metrics/predictions", response_model=Rows, summary="What was predicted")
async def prediction_metrics(state: Shared) -> Response:
    """Return online predictions of this server since its start, by task, shop and bucket."""
    items = []
    for (task, source, bucket), number in sorted(state.telemetry.answers.items()):
        items.append({"task": task, "source": source, "bucket": bucket, "predictions": number})
    return json_answer({"items": items})


def _measure(state: State) -> None:
    """Bring gauges up to date that nobody moves."""
    gauges = state.telemetry
    gauges.model_info.clear()
    gauges.model_age.clear()
    now = datetime.now(UTC).date()
    for served in state.models.all():
        artefact = served.artefact
        key = (artefact.task_name, artefact.source_name)
        gauges.model_info.labels(*key, artefact.model_version).set(1)
        gauges.model_age.labels(*key).set((now - artefact.trained_as_of_date).days * 86_400)
    used, opened = state.pool.usage()
    gauges.pool.labels("used").set(used)
    gauges.pool.labels("open").set(opened)


async def _status(state: State) -> str:
    try:
        found = await state.pool.rows("select to_regclass($1) is not null as is_built", MART)
    except DatabaseUnavailable:
        return AWAY
    return READY if found[0]["is_built"] else NOT_BUILT
