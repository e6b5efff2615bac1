"""Views that stand on a table stay when a build makes the table anew."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from tests.integration.tiny_project import Tiny
from tests.load_help import execute, query
from warehouse.connect import connect
from warehouse.settings import Settings

ROWS = "select 1 as id, 'a'::text as name, 1.5::numeric as amount"
COLUMNS = (
    "{name: id, data_type: int}, {name: name, data_type: text}, {name: amount, data_type: numeric}"
)
OTHER = (
    "select 1 as id, 'b'::text as place",
    "{name: id, data_type: int}, {name: place, data_type: text}",
)
VIEWS = """
    create schema reports;
    grant usage on schema reports to bi_of_test;
    create view reports.names with (security_barrier) as
        select id, name as "Größe" from contracts.base;
    create view reports.places as
        select base.id, base.name, other.place
        from contracts.base join contracts.other on other.id = base.id;
    -- On a view, and on the table below it at once.
    create view reports."All of it" as
        select names.id, "Größe", place, amount from reports.names
        join reports.places on places.id = names.id join contracts.base on base.id = names.id;
    create view reports.ids as select id from contracts.base;
    comment on view reports.names is 'It''s theirs: 100%';
    comment on column reports.names."Größe" is 'how tall';
    grant select on reports.names to public;
    grant select on reports.places to bi_of_test with grant option;
    grant select (id, "Größe") on reports."All of it" to bi_of_test;
    alter view reports.ids owner to bi_of_test;
    grant select on contracts.base to bi_of_test;
"""
STANDING = """
    select relname::text, relowner::regrole::text, reloptions, relacl::text, pg_get_viewdef(v.oid),
        (select array_agg(attname || coalesce(attacl::text, '') order by attnum)
         from pg_attribute where attrelid = v.oid),
        (select array_agg(objsubid || description order by objsubid)
         from pg_description where objoid = v.oid)
    from pg_class as v where relnamespace = 'reports'::regnamespace order by relname
"""


@pytest.fixture
def tiny(settings: Settings, tmp_path: Path) -> Iterator[Tiny]:
    execute(settings, "create role bi_of_test; create role etl_of_test")
    try:
        yield Tiny(settings, tmp_path)
    finally:
        execute(
            settings,
            "drop schema if exists contracts, reports cascade;"
            "drop owned by bi_of_test, etl_of_test; drop role bi_of_test, etl_of_test",
        )


def made(tiny: Tiny, select: str = ROWS, columns: str = COLUMNS) -> None:
    models = {"base": (select, columns, "", ""), "other": (*OTHER, "", "")}
    assert set(tiny.build(models).values()) == {""}


def test_views_stay_as_they_were(tiny: Tiny) -> None:
    made(tiny)
    execute(tiny.settings, VIEWS)
    before = query(tiny.settings, STANDING)
    assert [row[0] for row in before] == ["All of it", "ids", "names", "places"]
    made(tiny, ROWS.replace("'a'", "'new'"))
    assert query(tiny.settings, STANDING) == before
    assert query(tiny.settings, 'select "Größe", place from reports."All of it"') == [("new", "b")]
    # Of another type, with one column more, and as a view: they fit all the same.
    made(
        tiny,
        "{{ config(materialized='view') }} select 2::bigint as id, 'c'::varchar as name, "
        "1.5::numeric as amount, now() as seen_at",
        "{name: id, data_type: bigint}, {name: name, data_type: varchar}, "
        "{name: amount, data_type: numeric}, {name: seen_at, data_type: timestamptz}",
    )
    assert [row[0] for row in query(tiny.settings, STANDING)] == [row[0] for row in before]
    assert query(tiny.settings, "select * from reports.names") == [(2, "c")]
    made(tiny)
    assert query(tiny.settings, "select * from reports.names") == [(1, "a")]


def test_a_view_that_no_longer_fits_is_gone_and_the_others_stay(tiny: Tiny) -> None:
    made(tiny)
    execute(tiny.settings, VIEWS)
    made(tiny, "select 1 as id, 'a'::text as name", COLUMNS.partition(", {name: amount")[0])
    assert [row[0] for row in query(tiny.settings, STANDING)] == ["ids", "names", "places"]


def test_a_build_that_fails_leaves_table_and_views(tiny: Tiny) -> None:
    made(tiny)
    execute(tiny.settings, VIEWS)
    before = query(tiny.settings, STANDING)
    said = tiny.build({"base": ("select 'x'::text as id", "{name: id, data_type: int}", "", "")})
    assert "declared as int" in said["base"]
    assert query(tiny.settings, STANDING) == before


def test_a_view_of_a_stranger_is_not_made_in_the_builders_name(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would read with other rights than its owner has."""
    execute(
        tiny.settings,
        f"grant create on database {tiny.settings.connection.dbname} to etl_of_test;"
        "grant all on schema public to etl_of_test",
    )
    monkeypatch.setenv("PGOPTIONS", "-c role=etl_of_test")
    made(tiny)
    monkeypatch.delenv("PGOPTIONS")
    execute(
        tiny.settings,
        "create schema reports; grant usage, create on schema reports to etl_of_test, bi_of_test;"
        "create view reports.own as select id from contracts.base;"
        "create view reports.strange as select id from contracts.base;"
        "create materialized view reports.filled as select id from contracts.base;"
        "alter view reports.own owner to etl_of_test;"
        "alter view reports.strange owner to bi_of_test",
    )
    monkeypatch.setenv("PGOPTIONS", "-c role=etl_of_test")
    made(tiny)
    monkeypatch.delenv("PGOPTIONS")
    assert [row[:2] for row in query(tiny.settings, STANDING)] == [("own", "etl_of_test")]
    log = (tiny.settings.home_dir / "postgres.log").read_text("utf-8")
    for gone in ("strange", "filled"):
        assert f"stood on base is gone: reports.{gone} is materialized or of another owner" in log


def test_readers_never_miss_a_view(tiny: Tiny) -> None:
    made(tiny)
    execute(tiny.settings, VIEWS)
    done = threading.Event()
    faults: list[str] = []
    read: list[int] = []

    def look() -> None:
        with connect(tiny.settings, autocommit=True) as conn, conn.cursor() as cursor:
            while not done.is_set():
                try:
                    cursor.execute('select count(*) from reports."All of it"')
                    read.append(cursor.fetchone()[0])
                except psycopg2.Error as error:
                    faults.append(str(error))
                time.sleep(0.001)

    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for _ in range(2):
            made(tiny)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert faults == []
    assert set(read) == {1}


def test_two_tables_that_are_swapped_at_once_keep_the_view_on_both(tiny: Tiny) -> None:
    """The second looks for views again once the first is through."""
    made(tiny)
    execute(tiny.settings, VIEWS)
    before = query(tiny.settings, STANDING)
    tiny.write(
        {
            "base": ("{{ config(post_hook='select pg_sleep(1)') }} " + ROWS, COLUMNS, "", ""),
            "other": ("{{ config(post_hook='select pg_sleep(1)') }} " + OTHER[0], OTHER[1], "", ""),
        }
    )
    results = tiny.results("run", "--threads", "2")
    assert [each["status"] for each in results] == ["success", "success"]
    assert query(tiny.settings, STANDING) == before
    assert query(tiny.settings, "select * from reports.places") == [(1, "a", "b")]
