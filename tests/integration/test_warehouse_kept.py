"""Questions over connections that are kept."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import adbc_driver_postgresql.dbapi as adbc
import pandas as pd
import pytest

from warehouse.bulk import KeptConnections, read_frame
from warehouse.connect import connect
from warehouse.errors import NotBuilt
from warehouse.settings import Settings

ALL_TYPES = "select 1.5::numeric as a, now()::date as b, null::int as c, 'ä' as d, $1 as e"
OTHERS = (
    "select count(pg_terminate_backend(pid, 2000)) from pg_stat_activity "
    "where application_name = 'clientele' and datname = current_database() "
    "and pid <> pg_backend_pid()"
)


@pytest.fixture
def kept(settings: Settings) -> Iterator[KeptConnections]:
    yield KeptConnections(settings)
    # Idle connections would keep the database from being dropped.
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute(OTHERS)


def test_a_kept_connection_reads_what_a_new_one_reads(
    settings: Settings, kept: KeptConnections
) -> None:
    for _ in range(2):
        found = kept.read_frame(ALL_TYPES, ("x",))
        pd.testing.assert_frame_equal(found, read_frame(settings, ALL_TYPES, ("x",)))
    pids = {int(kept.read_frame("select pg_backend_pid() as pid")["pid"][0]) for _ in range(5)}
    assert len(pids) == 1


def test_each_question_sees_what_was_committed_before_it(
    settings: Settings, kept: KeptConnections
) -> None:
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute("create table public.kept_test (n int)")
    try:
        for number in range(3):
            assert len(kept.read_frame("select n from public.kept_test")) == number
            with connect(settings) as conn, conn.cursor() as cursor:
                cursor.execute("insert into public.kept_test values (1)")
    finally:
        # Nobody who looked holds the table.
        with connect(settings) as conn, conn.cursor() as cursor:
            cursor.execute("set lock_timeout to '5s'")
            cursor.execute("drop table public.kept_test")


def test_a_connection_that_was_lost_is_replaced(settings: Settings, kept: KeptConnections) -> None:
    before = int(kept.read_frame("select pg_backend_pid() as pid")["pid"][0])
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute(OTHERS)
        assert cursor.fetchone()[0] >= 1
    after = int(kept.read_frame("select pg_backend_pid() as pid")["pid"][0])
    assert after != before


def test_a_wrong_question_says_so_and_the_next_is_answered(kept: KeptConnections) -> None:
    kept.read_frame("select 1 as one")
    with pytest.raises(adbc.Error, match="division by zero"):
        kept.read_frame("select 1 / 0")
    assert kept.read_frame("select 1 as one")["one"].tolist() == [1]


@pytest.mark.parametrize(
    ("query", "lacking"),
    [
        ("select * from marts.no_such_table", 'relation "marts.no_such_table" does not exist'),
        ("select no_such_column from pg_class", 'column "no_such_column" does not exist'),
    ],
)
def test_what_was_not_built_is_named(kept: KeptConnections, query: str, lacking: str) -> None:
    with pytest.raises(NotBuilt) as refused:
        kept.read_frame(query)
    assert refused.value.message == (
        f"the warehouse was not built, or not all of it ({lacking}): run 'clientele build'"
    )
    assert kept.read_frame("select 1 as one")["one"].tolist() == [1]


def test_threads_ask_at_the_same_time(kept: KeptConnections) -> None:
    def ask(number: int) -> int:
        return int(kept.read_frame("select $1::int as n from pg_sleep(0.01)", (number,))["n"][0])

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, range(40))) == list(range(40))
