"""What API and dashboard say of a database in which nothing was built yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from psycopg2 import sql
from streamlit.testing.v1 import AppTest

from apps import dashboard
from apps.api.app import create_app
from apps.api.config import ApiConfig
from apps.dashboard import data
from warehouse.bulk import KeptConnections
from warehouse.connect import connect
from warehouse.settings import Settings

NAME = "clientele_not_built"
STORED = (
    *("/customers", "/customers/a:1", "/customers/a:1/recommendations", "/segments", "/kpis"),
    *("/risk-distribution", "/forecasts?source=a", "/products/a:1/related", "/audiences/vips"),
    "/metrics/models",
)


@pytest.fixture(scope="module")
def empty(settings: Settings) -> Iterator[Settings]:
    """Settings of a database without a table."""
    administer(settings, "create database {}")
    info = settings.connection.model_copy(update={"dbname": NAME})
    yield settings.with_connection(info)
    administer(settings, "drop database {} with (force)")


def administer(settings: Settings, statement: str) -> None:
    with connect(settings, autocommit=True) as conn, conn.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(sql.Identifier(NAME)))


@pytest.fixture(scope="module")
def api(empty: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(empty, ApiConfig(require_keys=False))) as client:
        yield client


@pytest.mark.parametrize("path", STORED)
def test_the_api_says_what_is_lacking_and_what_makes_it(api: TestClient, path: str) -> None:
    answer = api.get(path)
    assert answer.status_code == 503, answer.text
    assert "does not exist): run 'clientele build'" in answer.json()["detail"]
    assert answer.headers["retry-after"]


def test_the_api_lives_and_is_not_ready(api: TestClient, empty: Settings) -> None:
    assert api.get("/health/live").status_code == 200
    ready = api.get("/health/ready")
    assert (ready.status_code, ready.json()) == (
        503,
        {"status": "not built", "models": 0, "database": True},
    )
    with connect(empty) as conn, conn.cursor() as cursor:
        cursor.execute("create schema marts; create table marts.customer_360 (n int)")
    try:
        assert api.get("/health/ready").json()["status"] == "ready"
    finally:
        with connect(empty) as conn, conn.cursor() as cursor:
            cursor.execute("drop schema marts cascade")


def test_the_dashboard_says_so_too(empty: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "connections", lambda: KeptConnections(empty))
    page = AppTest.from_file(str(Path(dashboard.__file__).with_name("main.py"))).run(timeout=60)
    assert not page.exception
    assert [error.value for error in page.error] == [
        "the warehouse was not built, or not all of it "
        "(relation \"marts.data_through\" does not exist): run 'clientele build'"
    ]
