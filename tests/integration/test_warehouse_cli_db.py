"""`clientele db` from start to reset."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli_db import db_app
from tests.embedded_help import PROJECT_DIR, embedded_settings, folder_for_all, own_port, removed
from warehouse import embedded
from warehouse.errors import ClienteleError, UsageError
from warehouse.settings import Settings

COMMANDS = ["start", "stop", "status", "url", "psql", "reset"]


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in list(os.environ):
        if name.startswith(("PG", "CLIENTELE_")):
            monkeypatch.delenv(name)
    with removed(folder_for_all()) as folder:
        monkeypatch.setenv("CLIENTELE_HOME", str(folder / "home"))
        monkeypatch.setenv("CLIENTELE_PORT", str(own_port(folder / "home")))
        monkeypatch.setenv("CLIENTELE_PROJECT_DIR", str(PROJECT_DIR))
        yield folder / "home"


def said(*args: str, code: int = 0, answer: str | None = None) -> str:
    result = CliRunner().invoke(db_app, list(args), input=answer)
    if isinstance(result.exception, ClienteleError):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


def psql(*args: str) -> str:
    """In a process of its own, since the command turns into psql."""
    command = [sys.executable, "-c", "from orchestration.cli_db import db_app; db_app()", "psql"]
    done = subprocess.run(
        [*command, *args], cwd=PROJECT_DIR, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    assert command in said("--help")
    assert len(said(command, "--help").splitlines()) > 3


def test_a_life(home: Path) -> None:
    assert "not made yet" in said("status")
    assert "nothing to delete" in said("reset", "--yes")
    assert "not running" in said("stop")
    assert not home.exists(), "looking makes nothing"

    assert "Postgres started: postgresql://clientele:***@127.0.0.1:" in said("start")
    assert "already runs" in said("start")
    assert (home / "profiles.yml").exists()
    password = embedded_settings(home).connection.psycopg2_kwargs()["password"]
    shown = said("status")
    assert "embedded Postgres 18, up" in shown
    assert str(home / "postgres" / "data") in shown
    assert password not in shown
    assert said("url").strip() == embedded_settings(home).connection.url(hide_password=False)
    assert password not in said("url", "--no-show-password")

    assert psql("--", "-X", "-A", "-t", "-c", "select 6 * 7") == "42"

    assert "Postgres stopped" in said("stop")
    assert "stopped" in said("status")
    assert "PostgreSQL" in psql("--", "--version")

    refused = said("reset", code=1, answer="n\n")
    assert f"deletes {home / 'postgres' / 'data'}" in refused
    assert embedded.status(embedded_settings(home)).running
    assert "deleted" in said("reset", answer="y\n")
    assert "not made yet" in said("status")


def test_a_server_of_ones_own_is_not_touched(
    home: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = settings.connection.url(hide_password=False)
    monkeypatch.setenv("CLIENTELE_DATABASE_URL", url)
    shown = said("status")
    assert "your own Postgres" in shown
    assert (settings.connection.psycopg2_kwargs().get("password") or "***") not in shown or (
        "***" in shown
    )
    assert said("url").strip() == url
    for command in ("start", "stop"):
        with pytest.raises(UsageError, match=f"does not {command}"):
            said(command)
    with pytest.raises(UsageError, match=r"does not delete; (drop .* by hand|it has no schemas)"):
        said("reset", "--yes")
    assert psql("--", "-X", "-A", "-t", "-c", "select current_database()") == (
        settings.connection.dbname
    )
    assert not (home / "postgres").exists()
