"""Real Postgres and MariaDB servers are pulled from: what is new lands, once, and in full."""

from __future__ import annotations

import datetime as dt
import os
import pickle
import secrets
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.embedded_help import PROJECT_DIR
from tests.load_help import execute
from tests.mariadb_help import mariadb_server
from tests.pull_help import MAPPED, Shop
from warehouse.errors import ClienteleError, InputRefused, UsageError

CREATE = {
    "postgresql": """
        create table sales_lines (
            id bigint generated always as identity primary key,
            order_no text, sku text, title text, pieces int, ordered_at timestamptz,
            price numeric(38, 18), customer bigint, country text, changed_at {stamp},
            shape bytea, extra jsonb
        )
    """,
    "mysql": """
        create table sales_lines (
            id bigint auto_increment primary key,
            order_no varchar(20), sku varchar(20), title text, pieces int,
            ordered_at datetime(6), price decimal(38, 18), customer bigint, country varchar(50),
            changed_at datetime(6), shape blob, extra json
        )
    """,
}
INSERT = """
insert into sales_lines
    (order_no, sku, title, pieces, ordered_at, price, customer, country, changed_at)
values (:order_no, 'A1', :title, 6, :ordered_at, :price, :customer, 'France', :changed_at)
"""
START = dt.datetime(2024, 5, 1, 12, 30, 15, 123456)
PRICE = "12345678901234567890.123456789012345678"


class Database:
    """A shop's database, as its owner sees it."""

    def __init__(self, url: str) -> None:
        self.url = url
        kind = "mysql+pymysql" if url.startswith("mysql") else "postgresql+psycopg2"
        self.engine = sa.create_engine(sa.make_url(url).set(drivername=kind))
        self.is_mysql = url.startswith("mysql")
        self.run("drop table if exists sales_lines")
        create = CREATE["mysql" if self.is_mysql else "postgresql"]
        self.run(create.format(stamp="timestamp"))

    def run(self, statement: str, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(sa.text(statement), values)

    def add(self, number: int, day: int = 0, **changes: object) -> None:
        values = {
            "order_no": str(536364 + number),
            "title": f"Tea cup {number}",
            "ordered_at": START,
            "price": PRICE,
            "customer": 17850,
            "changed_at": START + dt.timedelta(days=day),
        }
        self.run(INSERT, **(values | changes))


@pytest.fixture(scope="module")
def mariadb() -> Iterator[str]:
    with mariadb_server() as url:
        yield url


@pytest.fixture(scope="module")
def postgres(load_settings) -> Iterator[str]:
    """Another database on the tests' server."""
    name = f"clientele_shop_{secrets.token_hex(4)}"
    execute(load_settings, f"create database {name}")
    try:
        info = load_settings.connection.model_copy(update={"dbname": name})
        yield info.url(hide_password=False)
    finally:
        execute(load_settings, f"drop database {name} with (force)")


@pytest.fixture(params=["postgres", "mariadb"])
def database(request) -> Iterator[Database]:
    made = Database(request.getfixturevalue(request.param))
    yield made
    made.engine.dispose()


@pytest.fixture
def shop(db, database, tmp_path, monkeypatch) -> Shop:
    monkeypatch.setenv("ACME_URL", database.url)
    table = {"table": "sales_lines", "cursor": "changed_at", "columns": MAPPED}
    return Shop(db, tmp_path, kind="sql", url_env="ACME_URL", tables={"lines": table})


def test_rows_land_as_text_in_full_and_only_once(shop, database):
    database.add(1)
    database.add(2, title='Ünï, "quoted"\nline', price="1.10", customer=None)
    assert shop.pull().row_count == 2
    ordered = "2024-05-01 12:30:15.123456"
    assert shop.landed() == [
        ("536365", "A1", "Tea cup 1", "6", ordered, PRICE, "17850", "France"),
        (
            *("536366", "A1", 'Ünï, "quoted"\nline', "6", ordered),
            *("1.100000000000000000", None, "France"),
        ),
    ]
    ((file, state, rows),) = shop.ledger()
    assert (file.startswith("acme.lines."), state, rows) == (True, "loaded", 2)
    again = shop.pull()
    assert (again.row_count, again.batches) == (0, [])
    assert len(shop.landed()) == 2
    assert shop.waiting() == []


def test_new_and_changed_rows_come_with_the_next_pull(shop, database):
    database.add(1)
    shop.pull()
    database.add(2, day=0)
    database.add(3, day=1)
    change = "update sales_lines set title = :title, changed_at = :at where order_no = '536365'"
    database.run(change, title="Renamed", at=START + dt.timedelta(days=2))
    assert shop.pull().row_count == 3
    assert {row[2] for row in shop.landed()[1:]} == {"Renamed", "Tea cup 2", "Tea cup 3"}
    database.run(change, title="Tea cup 1", at=START + dt.timedelta(days=3))
    assert shop.pull().row_count == 1, "a row that changed back is news too"
    assert shop.landed()[-1][2] == "Tea cup 1"


def test_cursor_may_be_a_number_and_a_table_may_have_none(shop, database):
    entry = shop.connection["tables"]["lines"]
    entry["cursor"] = "id"
    database.add(1)
    assert [shop.pull().row_count, shop.pull().row_count] == [1, 0]
    database.add(2)
    assert shop.pull().row_count == 1
    del entry["cursor"]
    assert shop.pull(again=True).row_count == 2
    assert shop.pull().row_count == 0
    database.add(3)
    assert shop.pull().row_count == 3


def test_many_rows_of_one_moment_come_once(shop, database):
    for number in range(30):
        database.add(number)
    assert shop.pull().row_count == 30
    assert shop.pull().row_count == 0
    database.add(31)
    assert shop.pull().row_count == 1


def test_json_stays_as_it_is_and_bytes_are_refused(shop, database):
    database.add(1)
    shop.connection["tables"]["lines"]["columns"] = MAPPED | {"Description": "extra"}
    database.run("""update sales_lines set extra = '{"a": 1.10}'""")
    shop.pull()
    assert shop.landed()[0][2].replace(" ", "") == '{"a":1.10}'
    shop.connection["tables"]["lines"]["columns"] = MAPPED | {"Description": "shape"}
    database.run("update sales_lines set shape = 'x'")
    with pytest.raises(InputRefused, match=r"acme\.lines: 'shape' holds bytes, which have no text"):
        shop.pull(again=True)
    assert len(shop.landed()) == 1


def refusal(shop: Shop) -> str:
    with pytest.raises(ClienteleError) as refused:
        shop.pull()
    message = refused.value.message
    assert "\n" not in message
    assert "s3cret" not in message
    assert shop.landed() == []
    return message


def test_what_is_named_wrongly_is_told_in_one_line(shop, database):
    database.add(1)
    entry = shop.connection["tables"]["lines"]
    good = dict(entry)
    for change, said in (
        ({"table": "nothing"}, "acme.lines: there is no table 'nothing' in the database"),
        ({"cursor": "updated"}, "table sales_lines has no column updated; it has id, order_no,"),
        ({"columns": MAPPED | {"Country": "land"}}, "table sales_lines has no column land"),
        ({"columns": MAPPED | {"Land": "country"}}, "columns names Land, which table lines does"),
        (
            {"columns": {key: MAPPED[key] for key in MAPPED if key != "Quantity"}},
            "nothing for the required Quantity; say in columns",
        ),
    ):
        entry.clear()
        entry.update(good | change)
        assert said in refusal(shop)
    entry.clear()
    entry.update(good)
    database.run("update sales_lines set changed_at = null")
    assert "the cursor changed_at of a row is null" in refusal(shop)
    database.run("update sales_lines set changed_at = '2024-01-01'")
    assert shop.pull().row_count == 1


def test_wrong_password_and_no_server_are_told_in_one_line(shop, database, monkeypatch):
    url = sa.make_url(database.url)
    wrong = url.set(password="wr0ng")
    monkeypatch.setenv("ACME_URL", wrong.render_as_string(hide_password=False))
    if url.password:
        message = refusal(shop)
        assert "acme.lines: the database does not let us in" in message
        assert "wr0ng" not in message
    nobody = url.set(port=1)
    monkeypatch.setenv("ACME_URL", nobody.render_as_string(hide_password=False))
    assert "the database does not let us in or went away" in refusal(shop)
    monkeypatch.delenv("ACME_URL")
    assert "environment variable ACME_URL is not set" in refusal(shop)


def test_password_stands_in_the_environment_only(shop, database, monkeypatch):
    url = sa.make_url(database.url)
    del shop.connection["url_env"]
    shop.connection["url"] = url.render_as_string(hide_password=False)
    if url.password:
        assert "the url holds a password" in refusal(shop)
        monkeypatch.setenv("ACME_PASSWORD", str(url.password))
        shop.connection |= {"password_env": "ACME_PASSWORD"}
    shop.connection["url"] = url._replace(password=None).render_as_string()
    database.add(1)
    assert shop.pull().row_count == 1
    for file in shop.settings.home_dir.rglob("*"):
        if file.is_file() and url.password:
            assert str(url.password).encode() not in file.read_bytes(), file


def test_refused_rows_stay_and_are_tried_first(shop, database):
    database.add(1)
    shop.pull()
    for number in range(4):
        database.add(number + 2, day=1, order_no=None)
    with pytest.raises(InputRefused) as refused:
        shop.pull()
    (waiting,) = shop.waiting()
    assert f"The extracted rows stay in {waiting}" in refused.value.message
    assert "clientele pull acme lines --again" in refused.value.message
    with pytest.raises(InputRefused):
        shop.pull()
    database.run("update sales_lines set order_no = '1' where order_no is null")
    assert shop.pull(again=True).row_count == 5
    assert shop.waiting() == []


@pytest.mark.parametrize("cursor", ["changed_at", None])
def test_another_warehouse_gets_everything_again(cursor, shop, database):
    shop.connection["tables"]["lines"]["cursor"] = cursor
    database.add(1)
    shop.pull()
    execute(shop.settings, "truncate raw.online_retail__lines, raw.load_batches")
    done = shop.pull()
    assert (done.row_count, done.is_fresh_start) == (1, True)
    assert shop.pull().is_fresh_start is False


KILLED = """
import sys, os, pickle, signal
sys.path.insert(0, {project!r})
from pathlib import Path

import ingest.pull.run as run
from ingest.pull import pipeline
from ingest.pull.connections import load_connection
settings = pickle.loads(Path(sys.argv[1]).read_bytes())
where = sys.argv[2]
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
if where == "extracting":
    from ingest.pull.rows import RowMaker
    RowMaker.__call__ = die
elif where == "extracted":
    from dlt.pipeline.pipeline import Pipeline
    Pipeline.normalize = die
elif where == "normalized":
    from dlt.pipeline.pipeline import Pipeline
    Pipeline.load = die
elif where == "copied":
    run.load_files = die
elif where == "loaded":
    run._Last.write = die
elif where == "noted":
    Path.unlink = die
connection = load_connection(Path(sys.argv[3]), "acme")
print(list(run.pull_each(settings, "acme", connection)))
"""


@pytest.mark.parametrize(
    "moment", ["extracting", "extracted", "normalized", "copied", "loaded", "noted"]
)
def test_killed_pull_loses_nothing_and_counts_nothing_twice(
    moment, db, mariadb, tmp_path, monkeypatch
):
    database = Database(mariadb)
    database.add(1)
    monkeypatch.setenv("ACME_URL", database.url)
    table = {"table": "sales_lines", "cursor": "changed_at", "columns": MAPPED}
    shop = Shop(db, tmp_path, kind="sql", url_env="ACME_URL", tables={"lines": table})
    shop.pull()
    database.add(2, day=1)
    written = tmp_path / "settings.pickle"
    written.write_bytes(pickle.dumps(shop.settings))
    script = textwrap.dedent(KILLED).format(project=str(PROJECT_DIR))
    command = [
        sys.executable,
        "-c",
        script,
        str(written),
        moment,
        str(tmp_path / "connections.yml"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
    database.add(3, day=2)
    shop.pull()
    assert [row[0] for row in shop.landed()] == ["536365", "536366", "536367"]
    assert shop.pull().row_count == 0
    assert shop.waiting() == []


def test_nothing_is_written_outside_of_the_home(shop, database, tmp_path, monkeypatch):
    database.add(1)
    home, here = tmp_path / "user", tmp_path / "here"
    home.mkdir()
    here.mkdir()
    shop.pull()  # writes connections.yml and what the tests need
    written = tmp_path / "settings.pickle"
    written.write_bytes(pickle.dumps(shop.settings))
    database.add(2, day=1)
    script = textwrap.dedent(KILLED).format(project=str(PROJECT_DIR))
    started = time.time()
    done = subprocess.run(
        [sys.executable, "-c", script, str(written), "", str(tmp_path / "connections.yml")],
        env=os.environ | {"HOME": str(home), "TMPDIR": str(home)},
        cwd=here,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "row_count=1" in done.stdout
    assert done.stderr == ""
    assert [path for path in (*home.rglob("*"), *here.rglob("*")) if path.is_file()] == []
    new = [path for path in PROJECT_DIR.glob("*") if path.stat().st_mtime > started]
    assert {path.name for path in new} <= {".git", ".pytest_cache", "logs"}


def test_other_databases_are_refused(db, tmp_path):
    table = {"lines": {"table": "t"}}
    shop = Shop(db, tmp_path, kind="sql", url="sqlite:///x.db", tables=table)
    with pytest.raises(UsageError, match="sqlite databases are not pulled from"):
        shop.pull()
    shop.connection["url"] = "nonsense"
    with pytest.raises(UsageError, match="the URL of the database cannot be read"):
        shop.pull()
