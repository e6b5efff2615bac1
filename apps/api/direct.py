"""A way past the framework for the request that comes most often: one churn prediction.

FastAPI spends most of such a request on what it does not need. What goes this way is answered by
the function of the route; whatever is odd about a request goes on to the route itself, with its
body, so that there is one answer to everything that is wrong.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, NamedTuple

import orjson
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from apps.api.edge import App, Message, Receive, Send
from apps.api.routes.predict import PredictRequest, predict_one
from apps.api.state import State

JSON = b"application/json"


class Route(NamedTuple):
    """What the log and the counters look at."""

    path: str


CHURN = Route("/predict/churn")


class DirectChurn:
    """The middleware, behind the edge."""

    def __init__(self, app: App, state: State) -> None:
        self.app = app
        self.state = state

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer a plain prediction, and pass on everything else."""
        if not _is_plain(scope):
            await self.app(scope, receive, send)
            return
        body = await _whole(receive)
        if body is None:
            return
        try:
            request = PredictRequest.model_validate_json(body)
            answer = await predict_one(self.state, "churn", request)
        except (ValidationError, HTTPException, RequestValidationError):
            await self.app(scope, _again(body, receive), send)
            return
        scope["route"] = CHURN
        content = orjson.dumps(answer)
        headers = [(b"content-type", JSON), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})


def _is_plain(scope: MutableMapping[str, Any]) -> bool:
    if scope["type"] != "http" or scope["path"] != CHURN.path or scope["method"] != "POST":
        return False
    return (b"content-type", JSON) in scope["headers"]


async def _whole(receive: Receive) -> bytes | None:
    """The body; None when the client has gone."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Give the body once more, and then what else comes."""
    is_given = False

    async def give() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return give
