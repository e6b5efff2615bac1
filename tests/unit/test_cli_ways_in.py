"""`clientele fetch` and `clientele pull`, as far as they need no server."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace

import pytest
import typer
from typer.testing import CliRunner

from ingest.public_data import PUBLIC_DATA
from orchestration.cli_ways_in import fetch, pull
from tests.embedded_help import PROJECT_DIR
from warehouse.errors import UsageError

app = typer.Typer()
app.command()(fetch)
app.command()(pull)


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments))
    if done.exception:
        raise done.exception
    return " ".join(done.stdout.split())


def test_fetch_says_where_the_file_is_and_what_comes_next(tmp_path, monkeypatch):
    monkeypatch.setenv("CLIENTELE_HOME", str(tmp_path))
    monkeypatch.chdir(PROJECT_DIR)
    known = replace(PUBLIC_DATA["online_retail"], size=1, sha256=hashlib.sha256(b"x").hexdigest())
    monkeypatch.setitem(PUBLIC_DATA, "online_retail", known)
    path = tmp_path / "public" / "online_retail" / known.member
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    said = run("fetch", "online_retail")
    assert f"{path}: already there (UCI Online Retail" in said
    assert f"Next: clientele load online_retail '{path}'" in said
    path.rename(tmp_path / known.member)
    assert "already there" in run("fetch", "online_retail", "--to", str(tmp_path))


def test_pull_reads_its_file_before_it_starts_anything(tmp_path, monkeypatch):
    monkeypatch.setenv("CLIENTELE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(PROJECT_DIR)
    with pytest.raises(UsageError, match=r"copy connections\.example\.yml to it"):
        run("pull", "acme", "--connections", str(tmp_path / "no.yml"))
    shutil.copy(PROJECT_DIR / "connections.example.yml", tmp_path / "c.yml")
    with pytest.raises(UsageError, match="no connection 'acme': it has acme_erp, acme_web"):
        run("pull", "acme", "--connections", str(tmp_path / "c.yml"))
    assert not (tmp_path / "home").exists()
