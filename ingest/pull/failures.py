"""What failed in dlt, a driver or a server, as the one line that says what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NoReturn

import requests
import sqlalchemy as sa

from ingest.download import Patience, error_status, unreachable
from warehouse.errors import ClienteleError, InputRefused

MOST_CHARACTERS = 300


def raise_explained(name: str, error: Exception, patience: Patience) -> NoReturn:
    """Raise what a failed extraction means to the user.

    Args:
        name: the connection and the table.
        error: whatever was raised.
        patience: how often the API was asked.

    Raises:
        ClienteleError: always; one of ours that is at the root of the error is raised as it is.
    """
    chain = list(_causes(error))
    for cause in chain:
        if isinstance(cause, ClienteleError):
            raise cause from None
    for cause in chain:
        said = _said(cause, patience)
        if said:
            raise InputRefused(f"{name}: {said}") from error
    root = chain[-1]
    raise ClienteleError(
        f"{name}: {type(root).__name__}: {_line(str(root))}; nothing was extracted"
    ) from error


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__


def _said(cause: BaseException, patience: Patience) -> str | None:
    """Return what one exception of the chain means, or None if it says nothing by itself."""
    if isinstance(cause, json.JSONDecodeError | UnicodeDecodeError):
        return "the answer is no JSON; check base_url and path"
    if isinstance(cause, requests.RequestException):
        return _web(cause, patience)
    if isinstance(cause, sa.exc.SQLAlchemyError):
        return _database(cause)
    return _cursor(cause)


def _web(cause: requests.RequestException, patience: Patience) -> str:
    url = str(cause.request.url) if cause.request is not None else ""
    if cause.response is not None and cause.response.status_code >= 400:
        return error_status(
            str(cause.response.url), cause.response, patience, "check the token and its rights"
        )
    return unreachable(url, cause, patience)


def _database(cause: sa.exc.SQLAlchemyError) -> str:
    said = _line(str(getattr(cause, "orig", None) or cause))
    if isinstance(cause, sa.exc.OperationalError | sa.exc.InterfaceError):
        return f"the database does not let us in or went away ({said}); check its URL and password"
    return f"the database refuses ({said}); check table, columns and rights"


def _cursor(cause: BaseException) -> str | None:
    from dlt.extract.incremental import exceptions  # noqa: PLC0415 (takes seconds)

    if isinstance(cause, exceptions.IncrementalCursorPathMissing):
        return f"a row lacks the cursor {cause.json_path}; name a column that every row has"
    if isinstance(cause, exceptions.IncrementalCursorPathHasValueNone):
        return f"the cursor {cause.json_path} of a row is null; name one that is always filled"
    if isinstance(cause, exceptions.IncrementalCursorInvalidCoercion):
        return (
            "the cursor changed its type since the last pull; pull again with --again to begin "
            "from the start"
        )
    return None


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_CHARACTERS else line[:MOST_CHARACTERS] + "..."
