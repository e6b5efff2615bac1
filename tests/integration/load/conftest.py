"""A database with the raw tables that dbt declares, and small files of the online_retail source."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.landing import BatchResult, load_files
from warehouse.connect import connect
from warehouse.settings import Settings

PROJECT_DIR = Path(__file__).resolve().parents[3]
SHARED_DATA = Path(
    os.environ.get("CLIENTELE_SHARED_DATA") or PROJECT_DIR.parent / "shared" / "data"
)
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"

PROFILE = """
clientele:
  target: test
  outputs:
    test:
      type: postgres
      host: "{{ env_var('TEST_HOST') }}"
      port: "{{ env_var('TEST_PORT') | as_number }}"
      user: "{{ env_var('TEST_USER') }}"
      password: "{{ env_var('TEST_PASSWORD', '') }}"
      dbname: "{{ env_var('TEST_DBNAME') }}"
      schema: public
      threads: 1
"""


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


def make_tables(settings: Settings, folder: Path) -> None:
    """Let dbt make the declared tables: there is no other DDL for them."""
    (folder / "profiles.yml").write_text(PROFILE)
    given = settings.connection.psycopg2_kwargs()
    own = {f"TEST_{key.upper()}": str(value) for key, value in given.items()}
    own |= {"DBT_TARGET_PATH": str(folder / "target"), "DBT_LOG_PATH": str(folder / "logs")}
    done = subprocess.run(
        [
            Path(sys.executable).with_name("dbt"),
            *("run-operation", "create_declared_tables", "--profiles-dir", str(folder)),
        ],
        cwd=PROJECT_DIR,
        env=os.environ | own | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def execute(settings: Settings, statement: str) -> None:
    with connect(settings, autocommit=True) as conn, conn.cursor() as cursor:
        cursor.execute(statement)


def query(settings: Settings, statement: str) -> list[tuple]:
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def line(number: int = 1, **changes: str) -> str:
    """One data line, good unless changed."""
    values = {
        "InvoiceNo": str(536364 + number),
        "StockCode": "85123A",
        "Description": "WHITE HANGING HEART",
        "Quantity": "6",
        "InvoiceDate": "2010-12-01 08:26:00",
        "UnitPrice": "2.55",
        "CustomerID": "17850.0",
        "Country": "United Kingdom",
    } | changes
    return ",".join(values.values())


def csv_text(*lines: str) -> str:
    return "\n".join((HEADER, *(lines or (line(1), line(2))))) + "\n"
