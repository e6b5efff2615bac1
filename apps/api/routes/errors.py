"""How what goes wrong is answered, and how the documentation says so."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from apps.api.edge import RETRY_AFTER
from apps.api.json_answer import json_answer
from warehouse.errors import ClienteleError, DatabaseUnavailable


class Problem(BaseModel):
    """What went wrong, in words."""

    detail: str


class FieldProblem(BaseModel):
    """One field that cannot be used."""

    loc: list[str | int]
    msg: str
    type: str


class FieldProblems(BaseModel):
    """Every field that cannot be used."""

    detail: list[FieldProblem]


def _problem(text: str) -> dict[str, Any]:
    return {"model": Problem, "description": text}


EVERYWHERE: dict[int | str, dict[str, Any]] = {
    400: _problem("The body is not UTF-8 or not the JSON that it says it is"),
    401: _problem("No valid API key"),
    403: _problem("The key lacks the scope"),
    422: {"model": FieldProblems, "description": "A field cannot be used; it is named"},
    429: _problem("Too many requests"),
    503: _problem("The database is away, or not built; Retry-After says when to come again"),
}
MISSING: dict[int | str, dict[str, Any]] = {404: _problem("There is no such thing")}
PREDICTS: dict[int | str, dict[str, Any]] = {
    **MISSING,
    413: _problem("The body is too long"),
}


def add_handlers(app: FastAPI) -> None:
    """Let every error be answered in JSON and in one line."""

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> Response:
        answer = json_answer({"detail": error.detail}, error.status_code)
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        # Without the input: it may be personal, and it may be long.
        found = [{key: each[key] for key in ("loc", "msg", "type")} for each in error.errors()]
        return json_answer({"detail": found}, 422)

    @app.exception_handler(DatabaseUnavailable)
    async def away(_: Request, error: DatabaseUnavailable) -> Response:
        answer = json_answer({"detail": error.message}, 503)
        answer.headers["retry-after"] = RETRY_AFTER
        return answer

    @app.exception_handler(ClienteleError)
    async def failed(_: Request, error: ClienteleError) -> Response:
        return json_answer({"detail": error.message}, 500)
