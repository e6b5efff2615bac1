"""JSON out, quickly, and as text of days and times that everybody reads."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi.responses import Response

JSON = "application/json"


def json_answer(content: Any, status: int = 200) -> Response:
    """Return a JSON response; times are ISO 8601 in UTC, NaN is null."""
    return Response(orjson.dumps(content), status, media_type=JSON)


def json_bytes(content: bytes) -> Response:
    """Return JSON that was made before."""
    return Response(content, media_type=JSON)
