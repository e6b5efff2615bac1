"""What the tests of loading share: the raw tables as dbt makes them, and small files for them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from warehouse.connect import connect
from warehouse.settings import Settings

PROJECT_DIR = Path(__file__).resolve().parents[1]
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


def project_of_sources(folder: Path) -> Path:
    """A copy of the project with what declares tables and nothing else: quick to parse."""
    for name in ("macros", "dbt_packages"):
        shutil.copytree(PROJECT_DIR / name, folder / name)
    for name in ("dbt_project.yml", "packages.yml", ".dbtignore"):
        shutil.copy(PROJECT_DIR / name, folder / name)
    for pattern in ("models/staging/*/_*__sources.yml", "models/**/*.md", "models/_groups.yml"):
        for path in PROJECT_DIR.glob(pattern):
            copy = folder / path.relative_to(PROJECT_DIR)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    return folder


def make_tables(settings: Settings, folder: Path) -> None:
    """Let dbt make the declared tables: there is no other DDL for them."""
    project = project_of_sources(folder / "project")
    (folder / "profiles.yml").write_text(PROFILE)
    given = settings.connection.psycopg2_kwargs()
    own = {f"TEST_{key.upper()}": str(value) for key, value in given.items()}
    own |= {"DBT_TARGET_PATH": str(folder / "target"), "DBT_LOG_PATH": str(folder / "logs")}
    done = subprocess.run(
        [
            Path(sys.executable).with_name("dbt"),
            *("run-operation", "create_declared_tables", "--profiles-dir", str(folder)),
        ],
        cwd=project,
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
