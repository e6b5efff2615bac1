"""`POST /predict/churn/batch`: a file of features in, predictions out, neither held in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, cast

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response, StreamingResponse

from apps.api.batch_stream import CsvRows, JsonRows, Reader, answered
from apps.api.routes.errors import PREDICTS
from apps.api.routes.predict import served_or_404
from apps.api.state import Shared

router = APIRouter(prefix="/predict", tags=["predict"])
CSV, NDJSON = "text/csv", "application/x-ndjson"
READERS: dict[str, type[Reader]] = {CSV: CsvRows, NDJSON: JsonRows, "application/json": JsonRows}
SPOOLED_BYTES, PART_BYTES = 1024 * 1024, 64 * 1024
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
    """Read rows of features and send back one row per row, in the same format and order.

    CSV: a header with every feature; a first column `customer_id`, if there is one, comes back.
    JSON lines: one object per line. A row that cannot be used comes back without a probability and
    with what is wrong in `error`, which names the field; what is wrong with the whole (the header)
    is a 422. Rows are predicted as they arrive, and answers wait on disk until all have: many
    clients read nothing before they have sent everything. Memory does not grow with the body.
    """
    served = served_or_404(state, "churn", source)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in READERS:
        raise HTTPException(415, f"send {CSV} or {NDJSON}, not {kind or 'nothing'}")
    reader = READERS[kind](served.artefact.contract)
    spool = SpooledTemporaryFile(max_size=SPOOLED_BYTES)  # noqa: SIM115 (closed once it is sent)
    try:
        lines = answered(served, state.models.bands, reader, request.stream(), state.telemetry)
        async for part in lines:
            spool.write(part)
    except BaseException:
        spool.close()
        raise
    spool.seek(0)
    return StreamingResponse(
        _sent(cast("IO[bytes]", spool)), media_type=CSV if kind == CSV else NDJSON
    )


async def _sent(spool: IO[bytes]) -> AsyncIterator[bytes]:
    """Give out what is on disk, and drop it whatever happens."""
    with spool:
        while part := spool.read(PART_BYTES):
            yield part
