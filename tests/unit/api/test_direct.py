"""The short way gives what the route gives, and leaves all that is odd to it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from apps.api.app import create_app
from apps.api.config import ApiConfig
from apps.api.direct import CHURN, DirectChurn
from tests.unit.api.test_predicting import BANDS, features, rows, served
from warehouse.connection_info import ConnectionInfo
from warehouse.settings import Settings


@pytest.fixture
def app(tmp_path: Path):
    info = ConnectionInfo(kind="server", host="localhost", port=1, user="nobody", dbname="none")
    made = create_app(
        Settings(project_dir=tmp_path, home_dir=tmp_path, connection=info), ApiConfig()
    )
    models = made.state.clientele.models
    models.bands = BANDS
    models._models = {("churn", "shop"): served()}
    return made


def ask(app, **request):
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.post("/predict/churn", **request)

    return asyncio.run(asked())


def without_short_way(app):
    """The same application with the middleware taken out."""
    app.user_middleware = [each for each in app.user_middleware if each.cls is not DirectChurn]
    return app


GOOD = {"features": features(rows(1))[0]}
ODD = {
    "not JSON": b"{",
    "not an object": b"[]",
    "empty": b"",
    "not UTF-8": b"\xff",
    "unknown field": json.dumps(GOOD | {"colour": 1}).encode(),
    "missing feature": json.dumps({"features": {"order_count": 1}}).encode(),
    "unknown shop": json.dumps(GOOD | {"source": "nobody"}).encode(),
    "odd day": json.dumps(GOOD | {"as_of_date": "yesterday"}).encode(),
    "not finite": json.dumps({"features": GOOD["features"] | {"order_count": 1e999}}).encode(),
}
HEADERS = {"content-type": "application/json"}


def test_a_plain_request_is_answered_as_by_the_route(app) -> None:
    short = ask(app, json=GOOD)
    route = ask(without_short_way(app), json=GOOD)
    assert short.status_code == route.status_code == 200
    assert short.json() == route.json()
    assert short.json()["churn_probability"] is not None
    counted = app.state.clientele.telemetry.text().decode()
    assert 'clientele_requests_total{method="POST",route="/predict/churn",status="200"}' in counted


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_is_answered_by_the_route(app, name: str) -> None:
    short = ask(app, content=ODD[name], headers=HEADERS)
    route = ask(without_short_way(app), content=ODD[name], headers=HEADERS)
    assert short.status_code == route.status_code
    assert short.status_code in (400, 404, 422)
    assert short.json() == route.json()


def test_other_kinds_of_content_are_left_to_the_route(app) -> None:
    assert ask(app, content=b"x", headers={"content-type": "text/plain"}).status_code == 422


def test_only_predictions_are_taken() -> None:
    taken = []

    async def inner(scope, receive, send):
        taken.append(scope["path"])

    direct = DirectChurn(inner, SimpleNamespace())
    for method, path in (("GET", CHURN.path), ("POST", "/predict/clv"), ("POST", "/")):
        scope = {"type": "http", "method": method, "path": path, "headers": []}
        asyncio.run(direct(scope, None, None))
    assert taken == [CHURN.path, "/predict/clv", "/"]
