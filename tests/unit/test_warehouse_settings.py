"""Which database the environment means."""

from __future__ import annotations

import getpass
from pathlib import Path

import psycopg2.extensions
import pytest

from warehouse.connection_info import ConnectionInfo, parse_url, server_connection
from warehouse.errors import UsageError
from warehouse.server_record import ServerRecord, read_record, write_record
from warehouse.settings import load_settings

URL = "CLIENTELE_DATABASE_URL"
ME = getpass.getuser()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "dbt_project.yml").write_text("name: x\n")
    (tmp_path / "models" / "deep").mkdir(parents=True)
    return tmp_path


def server(env: dict[str, str]) -> ConnectionInfo:
    found = server_connection(env)
    assert found is not None
    return found


def test_the_project_is_found_from_below(project: Path) -> None:
    found = load_settings({}, project / "models" / "deep")
    assert found.project_dir == project
    assert found.home_dir == project / ".clientele"


def test_no_project_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no dbt_project\.yml"):
        load_settings({}, tmp_path)
    with pytest.raises(UsageError, match="CLIENTELE_PROJECT_DIR is nowhere"):
        load_settings({"CLIENTELE_PROJECT_DIR": "nowhere"}, tmp_path)


def test_folders_can_be_named(project: Path, tmp_path: Path) -> None:
    env = {"CLIENTELE_PROJECT_DIR": str(project), "CLIENTELE_HOME": "elsewhere"}
    found = load_settings(env, Path("/"))
    assert (found.project_dir, found.home_dir) == (project, Path("/elsewhere"))


def test_without_variables_it_is_embedded(project: Path) -> None:
    info = load_settings({"PGHOST": "", "PGUSER": "x", URL: " "}, project).connection
    assert (info.kind, info.port, info.password) == ("embedded", 0, None)


def test_a_recorded_server_is_known_before_it_is_started(project: Path) -> None:
    home = project / ".clientele"
    home.mkdir()
    write_record(home, ServerRecord(port=54999, password="hush", data_dir=home / "postgres/data"))
    info = load_settings({}, project).connection
    assert info.port == 54999
    assert info.psycopg2_kwargs()["password"] == "hush"
    assert (home / "postgres.json").stat().st_mode & 0o777 == 0o600


def test_a_damaged_record_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "postgres.json").write_text('{"port": 1')
    assert read_record(tmp_path) is None


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({URL: "postgresql://u:p%40ss%3Aw%2F@h/db"}, ("h", 5432, "u", "p@ss:w/", "db", None)),
        ({URL: "postgres://u@h:5433/d%20b"}, ("h", 5433, "u", None, "d b", None)),
        ({URL: "postgresql://u:1@[::1]:5/d?sslmode=require"}, ("::1", 5, "u", "1", "d", "require")),
        ({URL: "postgresql://10.0.0.7"}, ("10.0.0.7", 5432, ME, None, ME, None)),
        ({URL: "postgresql://u@/d", "PGHOST": "/run/pg"}, ("/run/pg", 5432, "u", None, "d", None)),
        (
            {URL: "postgresql://h", "PGUSER": "a", "PGPASSWORD": "b", "PGPORT": "7"},
            ("h", 7, "a", "b", "a", None),
        ),
        ({"PGHOST": "h"}, ("h", 5432, ME, None, ME, None)),
        (
            {
                "PGHOST": "h",
                "PGPORT": "6",
                "PGUSER": "u",
                "PGPASSWORD": "pä ss",
                "PGDATABASE": "d",
                "PGSSLMODE": "require",
            },
            ("h", 6, "u", "pä ss", "d", "require"),
        ),
    ],
)
def test_the_server_that_the_environment_means(
    env: dict[str, str], expected: tuple[object, ...]
) -> None:
    info = server(env)
    password = info.password.get_secret_value() if info.password else None
    assert (info.host, info.port, info.user, password, info.dbname, info.sslmode) == expected
    assert info.kind == "server"


def test_the_url_comes_before_pghost() -> None:
    assert server({URL: "postgresql://u@first/d", "PGHOST": "second"}).host == "first"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://u:hunter2@h/d", "must look like postgresql://"),
        ("host=h password=hunter2", "must look like postgresql://"),
        ("postgresql://u:hunter2@h1,h2/d", "several hosts"),
        ("postgresql://u:hunter2@h/d?connect_timeout=5", "parameter 'connect_timeout'"),
        ("postgresql://u:hunter2@h/d?sslmode=require&host=x", "parameter 'host'"),
        ("postgresql://u:hunter2%C3%A9@h/d", "not ASCII"),
        ("postgresql://u:hunter2%zz@h/d", "not a valid Postgres URL"),
        ("postgresql://u:hunter2/x@h/d", "stray"),
        ("postgresql://u:x@hunter2@h/d", "stray"),
        ("postgresql://u:hunter2?x=1@h/d?y=1", "parameter 'y'"),
        ("postgresql://u:hunter2@h:99999/d", "port '99999'"),
    ],
)
def test_urls_that_cannot_be_used_say_why_but_not_the_password(url: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        server({URL: url})
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", ["PGHOSTADDR", "PGSERVICE"])
def test_variables_that_libpq_would_follow_behind_our_back_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match=name):
        server_connection({name: "10.0.0.1"})


@pytest.mark.parametrize(("name", "value"), [("CLIENTELE_PORT", "80"), ("CLIENTELE_PORT", "x")])
def test_a_port_that_cannot_be_is_refused(project: Path, name: str, value: str) -> None:
    with pytest.raises(UsageError, match=name):
        load_settings({name: value}, project)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p%40ss%3Aw%2F@h:5432/db",
        "postgresql://u%20x:p@[::1]:5432/d%3Fb?sslmode=require",
        "postgresql://u:p@%2Frun%2Fpg:5432/db",
    ],
)
def test_the_url_goes_there_and_back(url: str) -> None:
    info = server({URL: url})
    assert psycopg2.extensions.parse_dsn(info.url(hide_password=False)) == parse_url(url)
    assert parse_url(url)["password"] not in info.url().split("@")[0].split(":")


def test_the_password_does_not_show() -> None:
    info = server({URL: "postgresql://u:hunter2@h/db"})
    assert "hunter2" not in f"{info!r} {info} {info.url()} {info.model_dump_json()}"
    assert info.url() == "postgresql://u:***@h:5432/db"
    assert info.environment()["PGPASSWORD"] == "hunter2"


def test_tasks_are_named_with_commas(project: Path) -> None:
    assert load_settings({}, project).tasks == ()
    found = load_settings({"CLIENTELE_TASKS": " churn, clv ,,"}, project)
    assert found.tasks == ("churn", "clv")
