"""A fresh Postgres for the tests: embedded, or a new database on CLIENTELE_TEST_DATABASE_URL."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import psycopg2.extensions
import pytest
from psycopg2 import sql

from tests import parsed_project
from tests.embedded_help import PROJECT_DIR, embedded_settings, folder_for_all
from warehouse import embedded
from warehouse.connect import connect, ensure_server
from warehouse.settings import Settings, load_settings

# Making MLflow's tables takes ten seconds of work; the test of the registry does it by itself.
os.environ.setdefault("CLIENTELE_MLFLOW", "off")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests measured beside whether they passed."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    said = [
        text for report in reports for name, text in report.user_properties if name == "measured"
    ]
    for text in said:
        terminalreporter.write_line(str(text))


@pytest.fixture(scope="session", autouse=True)
def place_for_parses(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A folder for what dbt parses, shared by the processes of one test session."""
    base = tmp_path_factory.getbasetemp()
    parsed_project.PLACE.folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def settings() -> Iterator[Settings]:
    """Settings of an empty database that lives as long as the test session."""
    home = folder_for_all()
    try:
        url = os.environ.get("CLIENTELE_TEST_DATABASE_URL")
        yield from _fresh_database(url, home) if url else _fresh_server(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def connection(settings: Settings) -> Iterator[psycopg2.extensions.connection]:
    """A connection whose transaction is rolled back, so that tests leave nothing behind."""
    with connect(settings) as opened:
        yield opened
        opened.rollback()


def _fresh_server(home: Path) -> Iterator[Settings]:
    wanted = embedded_settings(home)
    try:
        yield ensure_server(wanted)
    finally:
        embedded.destroy(wanted)


def _fresh_database(url: str, home: Path) -> Iterator[Settings]:
    env = {"CLIENTELE_DATABASE_URL": url, "CLIENTELE_HOME": str(home)}
    server = load_settings(env, PROJECT_DIR)
    name = f"clientele_test_{secrets.token_hex(4)}"
    _administer(server, "create database {}", name)
    try:
        info = server.connection.model_copy(update={"dbname": name})
        yield ensure_server(server.with_connection(info))
    finally:
        _administer(server, "drop database {} with (force)", name)


def _administer(server: Settings, statement: str, name: str) -> None:
    with connect(server, autocommit=True) as conn, conn.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))
