"""A REST API as a dlt resource: paginated, incremental, patient."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import partial
from typing import Any

import requests

from ingest.download import Patience, with_retries
from ingest.pull.connections import RestConnection, RestTable, with_secrets
from warehouse.errors import InputRefused, UsageError

# Where a path may rightly match nothing, an empty answer is no sign of a wrong one.
OPEN_PATHS = ("*", "?", "..", "[")


class _Session(requests.Session):
    """Waits no longer than it is told to, and reads 1.10 as 1.10."""

    def __init__(self, patience: Patience) -> None:
        super().__init__()
        self._wait = (patience.connect_seconds, patience.read_seconds)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", self._wait)
        response = super().send(request, **kwargs)
        response.json = partial(_exact_json, response)  # type: ignore[method-assign]
        return response


def rest_resource(
    name: str, connection: RestConnection, table: RestTable, resource: str, patience: Patience
) -> Any:
    """Return the dlt resource that yields the pages of a table.

    Args:
        name: the connection and the table, for messages.
        connection: where the API is.
        table: its endpoint.
        resource: name under which dlt keeps the cursor.
        patience: how long to wait for the API.

    Raises:
        UsageError: settings that dlt does not understand, or a secret that is not set.
    """
    from dlt.sources.rest_api import rest_api_resources  # noqa: PLC0415 (takes seconds)

    client = with_secrets(name, connection.client)
    endpoint = with_secrets(name, table.endpoint)
    _require(name, client, "base_url", "client")
    _require(name, endpoint, "path", "endpoint")
    session = with_retries(_Session(patience), patience)
    selector = endpoint.get("data_selector")
    if selector and not any(sign in selector for sign in OPEN_PATHS):
        check = partial(_refuse_without, name, selector)
        endpoint["response_actions"] = [*endpoint.get("response_actions", []), check]
    config = {
        "client": client | {"session": session},
        "resources": [{"name": resource, "endpoint": endpoint}],
    }
    try:
        (found,) = rest_api_resources(config)  # type: ignore[arg-type]
    except Exception as error:
        # dlt and its parts raise many kinds, and all of them mean the file.
        reason = " ".join(str(error).split())[:300]
        raise UsageError(f"{name}: dlt does not understand the endpoint: {reason}") from error
    return found


def _require(name: str, settings: dict[str, Any], key: str, part: str) -> None:
    if not settings.get(key):
        raise UsageError(f"{name}: {part} names no {key}; see connections.example.yml")


def _exact_json(response: requests.Response, **_: Any) -> Any:
    """Return the content with decimals as they are written; it is asked for more than once."""
    kept = vars(response)
    if "parsed" not in kept:
        kept["parsed"] = json.loads(response.content, parse_float=Decimal)
    return kept["parsed"]


def _refuse_without(name: str, selector: str, response: requests.Response, *_: Any) -> None:
    """Refuse an answer that has nothing where the rows should be: dlt would take it for no rows."""
    from dlt.common import jsonpath  # noqa: PLC0415

    if response.ok and not jsonpath.find_values(selector, _exact_json(response)):
        raise InputRefused(
            f"{name}: the answer has nothing at data_selector '{selector}'; set it to where the "
            "rows are"
        )
