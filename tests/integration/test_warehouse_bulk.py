"""What goes into a table comes out of it again, fast."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pandas as pd
import psycopg2.extensions
import pyarrow as pa
import pytest

from warehouse import bulk_write
from warehouse.bulk import append_frame, packed, read_arrow, read_chunks, read_frame
from warehouse.connect import connect
from warehouse.errors import DatabaseUnavailable, InputRefused
from warehouse.settings import Settings

Connection = psycopg2.extensions.connection
TRICKY = ["", "plain", 'a "quoted" word', "comma, and\nnew line", "\\N", "NULL", " ä€😀 ", "\t'"]


@pytest.fixture
def target(connection: Connection) -> str:
    connection.cursor().execute(
        """create schema bulk_test;
        create table bulk_test.all_kinds (
            n int, big bigint, word text, "Odd ""name" text, amount numeric(18, 4), ratio float8,
            flag boolean, day date, at timestamptz, note text default 'as declared'
        )"""
    )
    return "bulk_test.all_kinds"


def rows(connection: Connection, query: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def column(connection: Connection, target: str, name: str) -> list[object]:
    return [row[0] for row in rows(connection, f"select {name} from {target} order by n")]


def test_text_arrives_as_it_was(connection: Connection, target: str) -> None:
    frame = pd.DataFrame({"n": range(len(TRICKY)), "word": TRICKY})
    assert append_frame(connection, target, frame) == len(TRICKY)
    assert column(connection, target, "word") == TRICKY


@pytest.mark.parametrize("dtype", ["str", "object", "category", "string[pyarrow]"])
def test_missing_text_is_null_and_empty_text_is_not(
    connection: Connection, target: str, dtype: str
) -> None:
    word = pd.Series(["", None, "x", np.nan], dtype=dtype)
    append_frame(connection, target, pd.DataFrame({"n": range(4), "word": word}))
    assert column(connection, target, "word") == ["", None, "x", None]


@pytest.mark.parametrize("sizes", [(0, 3), (2, 0, 1), (3, 0)])
def test_parts_without_rows_add_none(
    connection: Connection, target: str, sizes: tuple[int, ...]
) -> None:
    """Jobs put frames together from parts, of which the first may have no rows."""
    whole = pd.DataFrame({"word": pd.Series(["a", "b", "c"], dtype="str")})
    ends = np.cumsum(sizes)
    parts = [whole[end - size : end] for size, end in zip(sizes, ends, strict=True)]
    assert append_frame(connection, target, pd.concat(parts, ignore_index=True)) == 3
    found = rows(connection, f"select word from {target} order by word")
    assert found == [("a",), ("b",), ("c",)]


def test_every_kind_of_gap_is_null(connection: Connection, target: str) -> None:
    frame = pd.DataFrame(
        {
            "n": [1, 2],
            "big": [2.0**53, np.nan],
            "amount": [Decimal("1.2345"), None],
            "ratio": pd.array([0.5, pd.NA], dtype="Float64"),
            "flag": [True, None],
            "day": pd.to_datetime(["2026-01-31", None]),
            "at": pd.to_datetime(["2026-01-31 23:30:00.123456+01:00", None]),
        }
    )
    append_frame(connection, target, frame)
    nothing = pd.DataFrame({"n": [3], "word": [None], "ratio": [np.nan], "at": [pd.NaT]})
    append_frame(connection, target, nothing)
    first, second, third = rows(connection, f"select * from {target} order by n")
    at = dt.datetime(2026, 1, 31, 22, 30, 0, 123456, tzinfo=dt.UTC)
    assert first == (
        *(1, 2**53, None, None, Decimal("1.2345"), 0.5, True),
        *(dt.date(2026, 1, 31), at, "as declared"),
    )
    assert second == (2, *[None] * 8, "as declared")
    assert third == (3, *[None] * 8, "as declared")


def test_floats_are_exact_and_nan_inside_arrow_is_null(connection: Connection, target: str) -> None:
    values = [0.1 + 0.2, 1e-300, np.inf, -1.5]
    hidden = pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([[*values, np.nan]])))
    append_frame(connection, target, pd.DataFrame({"n": range(5), "ratio": hidden}))
    assert column(connection, target, "ratio") == [*values, None]


def test_odd_names_of_columns_are_quoted(connection: Connection, target: str) -> None:
    append_frame(connection, target, pd.DataFrame({'Odd "name': ["x"], "n": [1]}))
    assert rows(connection, f'select "Odd ""name" from {target}') == [("x",)]


def test_long_frames_go_in_chunks(
    connection: Connection, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_write, "ROWS_PER_CHUNK", 7)
    frame = pd.DataFrame({"n": range(20), "word": [""] * 20}, index=range(100, 120))
    assert append_frame(connection, target, frame) == 20
    assert column(connection, target, "n") == list(range(20))
    assert append_frame(connection, target, frame.iloc[:0]) == 0


def test_it_belongs_to_the_transaction_of_the_caller(settings: Settings) -> None:
    with connect(settings) as conn:
        conn.cursor().execute("create table public.append_test (n int)")
        append_frame(conn, "public.append_test", pd.DataFrame({"n": [1]}))
        conn.rollback()
    assert read_frame(settings, "select to_regclass('public.append_test') is null as t").t[0]


@pytest.mark.parametrize(
    ("table", "frame", "message"),
    [
        ("all_kinds", {"n": [1]}, "write schema.name"),
        ("bulk_test.nowhere", {"n": [1]}, "no table bulk_test.nowhere"),
        ("bulk_test.all_kinds", {"n": [1], "m": [1], "o": [1]}, "no column m, o; it has n, big"),
        ("bulk_test.all_kinds", {}, "need columns"),
        ("bulk_test.all_kinds", {"n": [1.5]}, r"column n does not fit .* \(integer\)"),
        ("bulk_test.all_kinds", {"n": ["one"]}, r'type integer: "one" \(column n\)'),
        ("bulk_test.all_kinds", {"n": [2**70]}, "column n does not fit"),
        ("bulk_test.all_kinds", {"word": ["a\0b"]}, "0x00"),
        (
            "bulk_test.all_kinds",
            {"word": pd.Series(["\ud800"], dtype=object)},
            "column word does not fit",
        ),
        ("bulk_test.all_kinds", {0: [1]}, "no column 0"),
        ("bulk_test.all_kinds", {"word": [["a", "list"]]}, "column word does not fit"),
        ("bulk_test.all_kinds", {"word": ["a", 1]}, "column word does not fit"),
        ("bulk_test.all_kinds", {"amount": [1e17]}, "numeric field overflow"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(
    connection: Connection, target: str, table: str, frame: dict[str, object], message: str
) -> None:
    assert target
    with pytest.raises(InputRefused, match=message) as caught:
        append_frame(connection, table, pd.DataFrame(frame))
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 4


KINDS = """
select * from (values
    (1::smallint, 10::int, 2::bigint, 1.5::numeric(18, 4), 0.25::float8, true,
     date '2026-01-31', timestamptz '2026-01-31 23:00+01', timestamp '2026-01-31 23:00', 'ä'),
    (2::smallint, null, null, null, null, null, null, null, null, null)
) v (tiny, n, big, amount, ratio, flag, day, at, local, word) order by tiny
"""


def test_frames_have_the_documented_types(settings: Settings) -> None:
    frame = read_frame(settings, KINDS)
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        "tiny": "int16",
        "n": "float64",
        "big": "float64",
        "amount": "float64",
        "ratio": "float64",
        "flag": "object",
        "day": "datetime64[us]",
        "at": "datetime64[us, UTC]",
        "local": "datetime64[us]",
        "word": "str",
    }
    first = frame.iloc[0]
    assert (first.amount, first.ratio, first["flag"], first.word) == (1.5, 0.25, True, "ä")
    assert first.day == pd.Timestamp("2026-01-31")
    assert first["at"] == pd.Timestamp("2026-01-31 22:00", tz="UTC")
    assert frame.iloc[1, 1:].isna().all()


def test_types_do_not_depend_on_the_rows(settings: Settings) -> None:
    full = read_arrow(settings, KINDS)
    empty = read_arrow(settings, f"select * from ({KINDS}) q where false")
    assert empty.num_rows == 0
    assert full.schema.types == empty.schema.types
    assert full.schema.field("amount").type == pa.float64()
    assert full.schema.field("day").type == pa.date32()


def test_special_numerics(settings: Settings) -> None:
    query = (
        "select unnest(array['NaN', 'Infinity', '-Infinity', '12345678901234567.89']::numeric[])"
    )
    found = read_arrow(settings, query).column(0).to_pylist()
    assert np.isnan(found[0])
    assert found[1:] == [np.inf, -np.inf, 12345678901234567.89]


def test_json_and_uuid_are_text(settings: Settings) -> None:
    query = """select '{"a": 1}'::jsonb as j, '00000000-0000-0000-0000-000000000001'::uuid as u,
                      null::uuid as v"""
    found = read_frame(settings, query).iloc[0]
    assert found.j == '{"a": 1}'
    assert found.u == "00000000-0000-0000-0000-000000000001"
    assert found.v is None or pd.isna(found.v)


def test_parameters_are_bound_and_not_pasted(settings: Settings) -> None:
    evil = "'; drop table x; --"
    query = """select $1::text as word, d, n
               from (values (date '2026-01-01', 1), (date '2026-01-02', 2), (null, 3)) v (d, n)
               where d >= $2 and n = any($3)"""
    found = read_frame(settings, query, (evil, dt.date(2026, 1, 2), [1, 2, 3]))
    assert found.word.tolist() == [evil]
    assert found.n.tolist() == [2]
    assert read_frame(settings, "select '100%' as x").x[0] == "100%"


@pytest.fixture
def in_tokyo(settings: Settings) -> Iterator[None]:
    """A server that speaks another time zone by default, as other people's servers may."""
    name = settings.connection.dbname
    with connect(settings) as conn:
        conn.cursor().execute(f"alter database {name} set timezone to 'Asia/Tokyo'")
    yield
    with connect(settings) as conn:
        conn.cursor().execute(f"alter database {name} reset timezone")


@pytest.mark.usefixtures("in_tokyo")
@pytest.mark.parametrize("word", [*TRICKY, "'; drop table x; --", "$1 and $2", "back\\slash'"])
def test_chunks_take_parameters_as_they_are(settings: Settings, word: str) -> None:
    query = (
        "select $1::text as word, $2::date as day, n, $10 as ten, n = any($3) as is_chosen "
        "from generate_series(1, $4) as g (n) where $5 and $6::text is null "
        "and $7 < 2 and $8 < 2 and $9 < 2 and $1 = any($11) and not $12 = any($13)"
    )
    params = (word, dt.date(2024, 2, 29), [2, 3], 5, True, None, 1.5, -1, 0, 10, ["x", word], 1, [])
    chunks = list(read_chunks(settings, query, params, rows=2))
    assert [len(chunk) for chunk in chunks] == [2, 2, 1]
    found = pd.concat(chunks, ignore_index=True)
    assert set(found["word"]) == {word}
    assert set(found["day"]) == {pd.Timestamp("2024-02-29")}
    assert found["n"].tolist() == [1, 2, 3, 4, 5]
    assert set(found["ten"]) == {10}
    assert found["is_chosen"].tolist() == [False, True, True, False, False]


@pytest.mark.parametrize("rows", [1, 7, 100_000])
def test_packed_numbers_are_the_numbers(settings: Settings, rows: int) -> None:
    values = (
        "select n, 'customer ' || n as customer_id, case when n % 7 > 0 then n / 8.0 end "
        "as amount, "
        "-n as below, case n when 5 then 'NaN' when 6 then '-Infinity' else 1e300 / n end::float8 "
        "as wide, cast(n as smallint) as small from generate_series(1, 90) as g (n)"
    )
    names = ["amount", "below", "wide", "small"]
    plain = read_frame(settings, f"select * from ({values}) as v order by n")
    chunks = read_chunks(
        settings,
        f"select n, {packed(names)}, customer_id from ({values}) as v order by n",
        rows=rows,
        numbers=names,
    )
    found = pd.concat(list(chunks), ignore_index=True)
    assert list(found) == ["n", "customer_id", *names]
    expected = plain[list(found)].astype(dict.fromkeys(names, "float64"))
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_a_packed_field_of_other_numbers_is_refused(settings: Settings) -> None:
    query = f"select {packed(['1', '2'])}"
    with pytest.raises(ValueError, match="does not hold 3 numbers"):
        list(read_chunks(settings, query, numbers=["a", "b", "c"]))


def test_packed_chunks_of_nothing_are_none(settings: Settings) -> None:
    query = f"select {packed(['1'])} where false"
    assert list(read_chunks(settings, query, numbers=["a"])) == []


def test_chunks_of_nothing_are_none(settings: Settings) -> None:
    assert list(read_chunks(settings, "select 1 as one where false")) == []


def test_chunks_do_not_wait_for_the_last_row(settings: Settings) -> None:
    late = (
        "select n, repeat('x', 1000) as word, 1 / (300000 - n) as one "
        "from generate_series(1, 300000) as g (n)"
    )
    chunks = read_chunks(settings, late, rows=1000)
    assert len(next(chunks)) == 1000
    with pytest.raises(Exception, match="division by zero"):
        list(chunks)
    left = read_chunks(settings, late, rows=1000)
    next(left)
    left.close()


def test_sessions_are_in_utc_on_any_server(settings: Settings) -> None:
    query = "select (timestamptz '2026-01-31 23:30-02')::date as day"
    assert read_frame(settings, query).day[0] == pd.Timestamp("2026-02-01")
    with connect(settings) as conn:
        assert rows(conn, query) == [(dt.date(2026, 2, 1),)]
        conn.rollback()
        assert rows(conn, "show timezone") == [("UTC",)]


def test_a_frame_goes_there_and_back(settings: Settings) -> None:
    frame = pd.DataFrame(
        {
            "word": TRICKY,
            "ratio": np.linspace(0, 1, len(TRICKY)),
            "day": pd.date_range("2026-01-01", periods=len(TRICKY), unit="us"),
        }
    )
    with connect(settings) as conn:
        conn.cursor().execute("create table public.trip (word text, ratio float8, day date)")
        append_frame(conn, "public.trip", frame)
    try:
        again = read_frame(settings, "select * from public.trip order by day")
        pd.testing.assert_frame_equal(again, frame, check_freq=False)
    finally:
        with connect(settings) as conn:
            conn.cursor().execute("drop table public.trip")


def test_a_read_from_a_server_that_is_away_is_one_line(settings: Settings) -> None:
    info = settings.connection.model_copy(update={"port": 1})
    with pytest.raises(DatabaseUnavailable, match="cannot connect") as caught:
        read_frame(settings.with_connection(info), "select 1")
    password = settings.connection.psycopg2_kwargs().get("password") or "***"
    assert "\n" not in str(caught.value)
    assert password not in str(caught.value) or password == "***"
