"""dbt's profile and Python's settings name the same database."""

from __future__ import annotations

import getpass
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt.config.profile import Profile
from dbt.config.renderer import ProfileRenderer
from dbt_common.context import set_invocation_context

from tests.embedded_help import PROJECT_DIR
from warehouse.errors import UsageError
from warehouse.profile import dbt_environment, profile_dir, render_profile, write_profile
from warehouse.server_record import ServerRecord, write_record
from warehouse.settings import Settings, load_settings

URL = "CLIENTELE_DATABASE_URL"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("dbt_project.yml", "profiles.example.yml"):
        shutil.copy(PROJECT_DIR / name, tmp_path)
    home = tmp_path / ".clientele"
    home.mkdir()
    write_record(home, ServerRecord(port=54399, password="0123", data_dir=home / "postgres/data"))
    return tmp_path


def rendered(settings: Settings, env: dict[str, str]) -> Any:
    """What dbt makes of the profile: the target it takes, rendered by its own code."""
    set_invocation_context(env)
    try:
        raw = yaml.safe_load(render_profile(settings))["clientele"]
        target, data = Profile.render_profile(raw, "clientele", None, ProfileRenderer({}))
        assert target == settings.connection.kind
        return Profile._credentials_from_profile(data, "clientele", target)
    finally:
        set_invocation_context(os.environ)


def as_tuple(credentials: Any) -> tuple[object, ...]:
    return (
        credentials.host,
        credentials.port,
        credentials.user,
        credentials.password or None,
        credentials.database,
        credentials.sslmode or None,
    )


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"PGHOST": "", "PGUSER": "ignored", URL: ""},
        {URL: "postgresql://u:p%40ss%3Aw%2F@h/db"},
        {URL: "postgres://u%40corp:12345@h:6543/db"},
        {URL: "  postgresql://u:p@10.1.2.3:6543/db?sslmode=require "},
        {URL: "postgresql://u:p@h/db?sslmode=disable", "PGSSLMODE": "require"},
        {URL: "postgresql://u:p@h/db", "PGSSLMODE": "require", "PGUSER": "no"},
        {URL: "postgresql://u@h:6543/db"},
        {URL: "postgresql://u:@h/db", "PGPASSWORD": "from pg"},
        {URL: "postgresql://h/db"},
        {URL: "postgresql://h:77"},
        {URL: "postgresql://u%25:%7B%7B@h"},
        {URL: "postgresql://u:true@h/None"},
        {URL: "postgresql://u:p@[::1]:6543/db"},
        {URL: "postgresql://u:p@%2Frun%2Fpg/db"},
        {URL: "postgresql://u:p?q@h/d%20b"},
        {URL: "postgresql:///db", "PGHOST": "h", "PGPORT": "9"},
        {URL: "postgresql://u@h", "PGDATABASE": "d"},
        {"PGHOST": "h"},
        {"PGHOST": "/run/pg", "PGUSER": "u", "PGPASSWORD": "p%40 {{ x }} ä\"'", "PGDATABASE": "d"},
        {"PGHOST": "h", "PGPORT": "6", "PGUSER": "u", "PGSSLMODE": "verify-full"},
    ],
    ids=str,
)
def test_dbt_and_python_meet_the_same_database(project: Path, env: dict[str, str]) -> None:
    settings = load_settings(env, project)
    credentials = rendered(settings, env)
    info = settings.connection
    password = info.password.get_secret_value() if info.password else None
    expected = (info.host, info.port, info.user, password, info.dbname, info.sslmode)
    assert as_tuple(credentials) == expected
    assert isinstance(credentials.port, int)


def test_settings_reach_a_child_dbt_whatever_its_environment_says(project: Path) -> None:
    there = load_settings({URL: "postgresql://u:p%40@h:7/d"}, project)
    here = load_settings({}, project)
    for settings in (there, here):
        stray = {URL: "postgresql://stray/x", "PGHOST": "stray", "PGUSER": "stray"}
        env = stray | dbt_environment(settings)
        credentials = rendered(settings, env)
        assert (credentials.host, credentials.port) == (
            settings.connection.host,
            settings.connection.port,
        )
        assert credentials.user == settings.connection.user
    assert dbt_environment(here)["DBT_PROFILES_DIR"] == str(project)


def test_the_profile_is_private_and_written_only_when_it_changes(project: Path) -> None:
    settings = load_settings({}, project)
    path = write_profile(settings)
    assert path == project / "profiles.yml"
    assert path.stat().st_mode & 0o777 == 0o600
    first = path.stat().st_ino
    assert write_profile(settings).stat().st_ino == first
    record = ServerRecord(port=54400, password="4567", data_dir=project)
    write_record(settings.home_dir, record)
    assert "54400" in write_profile(settings).read_text()
    assert sorted(p.name for p in project.iterdir() if p.name.startswith(".p")) == []


def test_another_home_keeps_its_own_profile(project: Path, tmp_path: Path) -> None:
    settings = load_settings({"CLIENTELE_HOME": str(tmp_path / "other")}, project)
    assert profile_dir(settings) == tmp_path / "other"
    write_profile(settings)
    assert not (project / "profiles.yml").exists()


def test_threads_and_names(project: Path) -> None:
    profile = yaml.safe_load(render_profile(load_settings({}, project)))["clientele"]
    for output in profile["outputs"].values():
        assert "CLIENTELE_THREADS" in output["threads"]
        assert output["application_name"] == "clientele-dbt"
        assert output["schema"] == "analytics"
    assert getpass.getuser() in profile["outputs"]["server"]["user"]


def test_a_missing_example_is_an_error(project: Path) -> None:
    (project / "profiles.example.yml").unlink()
    with pytest.raises(UsageError, match=r"profiles\.example\.yml is missing"):
        write_profile(load_settings({}, project))
