"""A database with the raw tables that dbt declares, and the real data set."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.landing import BatchResult, load_files
from tests.load_help import SHARED_DATA, execute, make_tables, query
from warehouse.settings import Settings


@pytest.fixture(scope="session")
def load_settings(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """Settings of a database of our own, with the raw tables in it."""
    name = f"clientele_load_{secrets.token_hex(4)}"
    info = settings.connection.model_copy(update={"dbname": name, "kind": "server"})
    execute(settings, f"create database {name}")
    try:
        made = settings.with_connection(info)
        make_tables(made, tmp_path_factory.mktemp("dbt"))
        yield made
    finally:
        execute(settings, f"drop database {name} with (force)")


@pytest.fixture
def db(load_settings: Settings) -> Settings:
    """The same with empty raw tables."""
    tables = query(load_settings, "select tablename from pg_tables where schemaname = 'raw'")
    execute(load_settings, "truncate " + ", ".join(f"raw.{name}" for (name,) in tables))
    return load_settings


@pytest.fixture
def load(db: Settings) -> Callable[..., list[BatchResult]]:
    """`load_files` into online_retail."""

    def run(*paths: Path, **options) -> list[BatchResult]:
        return load_files(db, "online_retail", paths, **options)

    return run


@pytest.fixture(scope="session")
def online_retail() -> Path:
    """The folder of the real data set; without it the test is skipped."""
    folder = SHARED_DATA / "online_retail"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there; name it in CLIENTELE_SHARED_DATA")
    return folder
