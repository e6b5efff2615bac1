"""`POST /predict/churn/batch`: a file of features in, predictions out, both as they flow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response, StreamingResponse

from apps.api.batch_stream import CsvRows, JsonRows, Reader, answered
from apps.api.routes.errors import PREDICTS
from apps.api.routes.predict import served_or_404
from apps.api.state import Shared

router = APIRouter(prefix="/predict", tags=["predict"])
CSV, NDJSON = "text/csv", "application/x-ndjson"
READERS: dict[str, type[Reader]] = {CSV: CsvRows, NDJSON: JsonRows, "application/json": JsonRows}
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            CSV: {"schema": {"type": "string"}},
            NDJSON: {"schema": {"type": "string"}},
        },
    }
}


@router.post(
    "/churn/batch",
    summary="Churn probabilities of many customers",
    responses={**PREDICTS, 415: {"description": "Neither CSV nor JSON lines"}},
    openapi_extra=BODY,
)
async def churn_batch(
    request: Request, state: Shared, source: Annotated[str | None, Query(max_length=100)] = None
) -> Response:
    """Read rows of features and stream back one row per row, in the same format and order.

    CSV: a header with every feature; a first column `customer_id`, if there is one, comes back.
    JSON lines: one object per line. A row that cannot be used comes back without a probability and
    with what is wrong in `error`, which names the field; what is wrong with the whole (the header)
    is a 422. Memory does not grow with the body.
    """
    served = served_or_404(state, "churn", source)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in READERS:
        raise HTTPException(415, f"send {CSV} or {NDJSON}, not {kind or 'nothing'}")
    reader = READERS[kind](served.artefact.contract)
    lines = answered(served, state.models.bands, reader, request.stream(), state.telemetry)
    first = await anext(lines, b"")
    return StreamingResponse(_from(first, lines), media_type=CSV if kind == CSV else NDJSON)


async def _from(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """What was read to know the status, and the rest."""
    yield first
    async for part in rest:
        yield part
        # Others are answered in between.
        await asyncio.sleep(0)
