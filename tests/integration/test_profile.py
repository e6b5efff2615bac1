"""Profiles of tables in a real Postgres: known answers by hand, and every odd kind of table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.profile.catalogue import find_relations, read_columns, read_relations
from apps.profile.page import page_of, write_page
from apps.profile.profiler import ColumnProfile, Options, Profile, profile_relation
from warehouse.connect import connect
from warehouse.errors import UsageError
from warehouse.settings import Settings

Look = Callable[..., Profile]


@pytest.fixture
def look(settings: Settings) -> Iterator[Look]:
    """Run statements in a schema of their own, then profile its table `t`."""

    def profiled(
        statements: str, name: str = "t", rows: int = 1000, manifest: Any = None, **options: Any
    ) -> Profile:
        with connect(settings) as conn:
            conn.cursor().execute(
                "drop schema if exists odd cascade; create schema odd; set search_path to odd;"
                + statements
            )
        found = find_relations(read_relations(settings), f"odd.{name}")[0]
        return profile_relation(settings, manifest or {}, found, Options(rows, **options))

    yield profiled
    with connect(settings) as conn:
        conn.cursor().execute("drop schema if exists odd cascade")


def one(profile: Profile, name: str) -> ColumnProfile:
    return next(part for part in profile.columns if part.column.name == name)


def page(profile: Profile) -> str:
    return page_of(profile)


def body(text: str) -> str:
    """What a reader sees of our own part of the page, without tags."""
    own = text.split('id="charts"', maxsplit=1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", own, flags=re.DOTALL))


# Known answers


def test_duplicates_by_hand(look: Look) -> None:
    """Whole rows: none. Without key and landing column: b twice too many, c once."""
    profile = look(
        """create table t (id int primary key, word text, _row_number int, other int);
        insert into t values (1, 'a', 1, 0), (2, 'b', 2, 0), (3, 'b', 3, 0), (4, 'b', 4, 0),
            (5, 'c', 5, null), (6, 'c', 6, null), (7, 'c', 7, 0);"""
    )
    found = {d.title: (d.extra_rows, d.groups, d.most) for d in profile.duplicates}
    assert found == {
        "Whole rows": (0, 0, 1),
        "Rows without key and landing columns": (3, 2, 3),
        "Key id": (0, 0, 1),
    }


def test_a_key_that_is_declared_and_broken(look: Look) -> None:
    model = {"resource_type": "model", "unique_id": "m", "schema": "odd", "alias": "t"}
    test = {
        "attached_node": "m",
        "test_metadata": {
            "name": "unique_combination_of_columns",
            "kwargs": {"combination_of_columns": ["a", "b"]},
        },
    }
    profile = look(
        "create table t (a int, b text);"
        "insert into t values (1, 'x'), (1, 'x'), (1, 'x'), (1, 'y'), (null, 'x'), (null, 'x')",
        manifest={"nodes": {"m": model, "test": test}},
    )
    key = profile.duplicates[-1]
    assert (key.title, key.extra_rows, key.groups, key.most) == ("Key a, b", 2, 1, 3)
    assert profile.duplicates[0].extra_rows == 3
    assert "Key a, b is declared unique, but has 2 rows too many (values that repeat: 1)." in body(
        page(profile)
    )


def test_quarters_mads_and_outliers_by_hand(look: Look) -> None:
    """1 to 9 and 1000: quarters 3.25, 5.5, 7.75; MAD 2.5; fences -3.5 and 14.5."""
    profile = look(
        "create table t (n int, same int, half numeric(18, 4), gap float8, near int);"
        "insert into t select i, 7, case when i <= 6 then 1 else i end, null, i"
        " from generate_series(1, 9) i; insert into t values (1000, 7, 99.5, null, 15)"
    )
    spread = one(profile, "n").spread
    assert spread is not None
    assert (spread.quarter, spread.middle, spread.three_quarters) == (3.25, 5.5, 7.75)
    assert spread.fences == (-3.5, 14.5)
    assert (spread.mad, spread.beyond_mad, spread.beyond_iqr) == (2.5, 1, 1)
    assert (spread.lowest, spread.highest) == ([1, 2, 3], [1000, 9, 8])
    assert (spread.zeros, spread.negatives, spread.mean) == (0, 0, 104.5)
    near = one(profile, "near").spread  # 9.5 from the median: 3.8 MADs, but 2.6 scaled ones
    assert near is not None
    assert (near.mad, near.beyond_mad, near.beyond_iqr) == (2.5, 0, 1)
    same = one(profile, "same").spread
    assert same is not None
    assert (same.mad, same.beyond_mad, same.beyond_iqr) == (0, None, None)
    half = one(profile, "half").spread
    assert half is not None
    assert (half.beyond_mad, half.beyond_iqr, half.highest[0]) == (None, 1, 99.5)
    assert one(profile, "gap").spread is None


def test_counts_are_of_all_rows_when_charts_are_of_some(look: Look) -> None:
    statements = """create table t (id int, word text);
        insert into t select i, case when i % 4 = 0 then null else 'w' || i % 10 end
        from generate_series(1, 5000) i;"""
    profile = look(statements, rows=100)
    again = look(statements, rows=100)
    stats = one(profile, "word").stats
    assert (stats.row_count, stats.missing, stats.distinct_count) == (5000, 1250, 10)
    assert (profile.row_count, profile.sampled, len(profile.frame)) == (5000, 100, 100)
    assert profile.is_sample
    assert profile.frame.equals(again.frame)
    # Random, not the first rows: a tenth would be below 500.
    assert profile.frame["id"].max() > 4000
    assert profile.frame["id"].min() < 1000
    text = body(page(profile))
    assert "Counts are of all 5,000 rows. Charts and correlations are of a random sample" in text
    assert not look(statements, rows=5000).is_sample


def test_the_sample_does_not_depend_on_where_rows_lie(look: Look) -> None:
    table = "create table t (id int, word text); insert into t select i, 'w' || i from "
    up = look(table + "generate_series(1, 3000) i", rows=50).frame
    down = look(table + "generate_series(3000, 1, -1) i", rows=50).frame
    assert up.equals(down)


def test_what_is_missing_together(look: Look) -> None:
    profile = look(
        "create table t (a int, b int, never int, full_one int);"
        "insert into t values (1, 1, null, 1), (null, null, null, 1), (null, null, null, 1),"
        " (1, null, null, 1)"
    )
    found = [(pattern.columns, pattern.row_count) for pattern in profile.missing.patterns]
    assert found == [(("a", "b"), 2), ((), 1), (("b",), 1)]
    assert profile.missing_share == 9 / 16
    assert one(profile, "never").stats.is_empty
    text = body(page(profile))
    assert "Never filled: never." in text
    assert "Always the same value: a, full_one." in text


def test_lengths_blanks_and_favourites(look: Look) -> None:
    profile = look(
        "create table t (code char(4), word text, day date);"
        "insert into t values ('ab', 'x', '2026-01-02'), ('ab', '', '2026-01-02'),"
        " ('cd', '   ', '2026-01-01'), (null, 'long', null)"
    )
    word = one(profile, "word").stats
    assert (word.min_length, word.max_length, word.mean_length, word.blank) == (0, 4, 2.0, 2)
    assert one(profile, "code").stats.top_values == [("ab", 2), ("cd", 1)]
    day = one(profile, "day").stats
    assert (day.lowest, day.highest, day.top_values[0]) == (
        "2026-01-01",
        "2026-01-02",
        ("2026-01-02", 2),
    )


# Odd tables


def test_an_empty_table_says_so(look: Look) -> None:
    text = page(look("create table t (id int, note_date date, word text)"))
    assert "This table is empty" in text
    assert "note_date" in text
    assert "skrub" not in text


def test_a_table_without_columns(look: Look) -> None:
    assert "This table has no columns" in page(look("create table t ()"))
    assert "This table has no columns" in page(
        look("create table t (); insert into t default values")
    )


def test_one_row(look: Look) -> None:
    profile = look(
        "create table t (id int, x float8, word text, at timestamptz, flag boolean);"
        "insert into t values (1, 0.5, 'one', '2026-01-01', true)"
    )
    spread = one(profile, "x").spread
    assert spread is not None
    assert (spread.middle, spread.deviation, spread.beyond_iqr) == (0.5, None, None)
    assert not one(profile, "id").stats.is_constant
    assert "all 1 row." in body(page(profile))


def test_only_nulls(look: Look) -> None:
    kinds = ["int", "numeric", "float8", "text", "date", "timestamptz", "boolean", "jsonb", "int[]"]
    columns = ", ".join(f"c{i} {kind}" for i, kind in enumerate(kinds))
    profile = look(
        f"create table t ({columns}); insert into t default values; insert into t default values"
    )
    assert all(part.stats.is_empty for part in profile.columns)
    assert profile.missing.patterns == []
    assert "100%" in page(profile)


TYPES = """
create type colour as enum ('red', 'green');
create domain positive as numeric(10, 2) check (value > 0);
create domain short as varchar(5);
create table t (
    huge numeric(38, 0), plain numeric, ratio float8, tiny real, j json, jb jsonb, u uuid,
    ints int[], words text[], flag boolean, day date, at timestamptz, local timestamp,
    clock time, span interval, c colour, p positive, s short, net inet, raw bytea, cash money,
    place point, r int4range
);
insert into t values
    (99999999999999999999999999999999999999, 'NaN', 'Infinity', '-Infinity', '{"a": 1}', '{"a": 1}',
     '00000000-0000-0000-0000-000000000001', '{1,2,null}', '{a,"b,c"}', true, '2026-01-31',
     '2026-01-31 23:00+01', '2026-01-31', '12:00', '1 day', 'red', 2.5, 'ab', '10.0.0.1', '\\x00ff',
     12.5, '(1,2)', '[1,5)'),
    (-1, 1e300, 1e308, 1, '{"a": 1}', '{"b": [1]}', '00000000-0000-0000-0000-000000000002', '{}',
     null, false, 'infinity', 'infinity', '-infinity', null, '1 mon', 'green', 1, 'c', '::1', '',
     0, null, 'empty'),
    (null, null, null, null, null, null, null, '{1,2,null}', null, null, '0044-03-15 BC',
     '0044-03-15 BC', '5000-01-01', null, null, null, null, null, null, null, null, null, null),
    (3, 1, 2, 2, '[]', 'null', '00000000-0000-0000-0000-000000000002', '{7}', '{a}', true,
     '12026-01-01', '12026-01-01', '2026-02-01', '13:00', '2 days', 'red', 9, 'ab', null, null,
     null, null, null)
"""


def test_every_type_that_a_column_may_have(look: Look) -> None:
    profile = look(TYPES)
    stats = {part.column.name: part.stats for part in profile.columns}
    assert stats["huge"].highest == "9" * 38
    assert stats["huge"].distinct_count == 3
    assert stats["ints"].top_values[0] == ("{1,2,NULL}", 2)
    assert stats["j"].top_values[0] == ('{"a": 1}', 2)
    assert (stats["day"].lowest, stats["day"].highest) == ("0044-03-15 BC", "infinity")
    assert stats["u"].distinct_count == 2
    ratio, plain = one(profile, "ratio").spread, one(profile, "plain").spread
    assert ratio is not None
    assert plain is not None
    assert (ratio.present, ratio.highest) == (1, [2])
    assert (plain.present, plain.highest) == (1, [1])
    assert profile.frame["tiny"].dropna().tolist() == [1, 2]
    assert profile.frame["ratio"].dropna().tolist() == [2]
    assert one(profile, "p").column.kind == "number"
    assert one(profile, "s").column.kind == "text"
    assert one(profile, "at").column.kind == "timestamp"
    text = page(profile)
    assert "NaN, infinite or beyond 1e100: plain (2), ratio (2), tiny (1)" in body(text)
    assert "skrub-table-report" in text


HOSTILE = "<script>alert('x')</script>"


def test_values_names_and_comments_are_escaped(look: Look) -> None:
    profile = look(
        f"""create table t (
            word text, "<b>bold</b>" int, "with blank" int, "qu""ote" int, "it's; --" int,
            "$x^2_{{$" text, "ünï 😀" text, "n" int, "v" int, "t" int, "c0" int, "{{{{ x }}}}" text
        );
        comment on table t is '<img src=x onerror=alert(1)>';
        comment on column t.word is '<i>about</i> & more';
        insert into t
        select case when i % 2 = 0 then $q${HOSTILE}$q$ else '日本 😀 \\ $y_{{$ "q"' end,
            i, i, i, i, '$a', 'ä', i, i, i, i, '{{{{ 7 * 7 }}}}'
        from generate_series(1, 20) i"""
    )
    text = page(profile)
    assert HOSTILE not in text
    assert "&lt;script&gt;alert(" in text
    assert "<img src=x" not in text
    assert "<i>about</i>" not in text
    assert "<b>bold</b>" not in text
    assert "{{ 7 * 7 }}" in text
    assert 'qu"ote' in body(text).replace("&#34;", '"')
    assert "日本 😀" in text


def test_other_peoples_tables_may_have_odd_names(look: Look) -> None:
    profile = look(
        """create table "T.a ""b"" '/../x" (n int); insert into "T.a ""b"" '/../x"
                   values (1), (2)""",
        name='T.a "b" \'/../x',
    )
    assert profile.row_count == 2
    assert "T.a" in page(profile)


def test_three_hundred_columns(look: Look) -> None:
    columns = ", ".join(f"column_number_{i} int" for i in range(300))
    values = ", ".join("null" if i % 3 == 0 else f"i * {i}" for i in range(300))
    profile = look(
        f"create table t ({columns}); insert into t select {values} from generate_series(1, 50) i"
    )
    assert len(profile.columns) == 300
    text = page(profile)
    assert "column_number_299" in text
    assert "it draws no charts" in text
    assert len(text) < 8_000_000


@pytest.mark.parametrize("kind", ["view", "materialized view"])
def test_views_are_tables_too(look: Look, kind: str) -> None:
    profile = look(f"create {kind} t as select i as n from generate_series(1, 5) i")
    assert (profile.relation.kind, profile.row_count) == (kind, 5)


def test_comments_stand_beside_the_columns(look: Look) -> None:
    text = body(
        page(
            look(
                "create table t (n int); insert into t values (1), (2);"
                "comment on table t is 'One row per thing.'; comment on column t.n is 'How many.'"
            )
        )
    )
    assert "One row per thing." in text
    assert "How many." in text


# Personal data

PEOPLE = """create table t (id int, customer_name text, email text, contact text, payload jsonb,
        phone bigint, shoe_size int, country text, has_email boolean);
    insert into t select i, 'Person Nr' || i, 'p' || i || '@example.com',
        case when i = 3 then 'write to hidden@example.org' else 'none' end,
        case when i = 4 then '{"mail": "buried@example.net"}' else '{}' end::jsonb,
        441110000 + i, 47110 + i, 'GB', true
    from generate_series(1, 12) i"""
MARKED = {
    "nodes": {
        "m": {
            **{"resource_type": "model", "unique_id": "m", "schema": "odd", "alias": "t"},
            "columns": {"shoe_size": {"meta": {"pii": True}}},
        }
    }
}
SECRETS = ("Person Nr", "@example.", "44111", "47110", "4711")


def test_personal_values_are_nowhere_on_the_page(look: Look) -> None:
    profile = look(PEOPLE, manifest=MARKED)
    hidden = {part.column.name: part.personal for part in profile.hidden}
    assert hidden == {
        "customer_name": "named like personal data",
        "email": "named like personal data",
        "contact": "holds e-mail addresses",
        "payload": "holds e-mail addresses",
        "phone": "named like personal data",
        "shoe_size": "marked pii in its YAML",
    }
    text = page(profile)
    for secret in SECRETS:
        assert secret not in text
    assert list(profile.frame.columns) == ["id", "country", "has_email"]
    for part in profile.hidden:
        assert (part.stats.top_values, part.stats.lowest, part.stats.highest) == ([], None, None)
    stats = one(profile, "email").stats
    assert (stats.distinct_count, stats.min_length, stats.max_length) == (12, 14, 15)
    assert "14 to 15 characters" in body(text)


def test_personal_values_are_shown_when_asked_for(look: Look) -> None:
    profile = look(PEOPLE, manifest=MARKED, show_personal=True)
    text = page(profile)
    assert "Person Nr" in text
    assert "@example.com" in text
    assert profile.hidden == []
    assert "This page shows personal data (customer_name, email" in body(text)
    assert "This page shows personal data" not in page(look(PEOPLE))


def test_nothing_but_personal_columns(look: Look) -> None:
    text = page(look("create table t (email text); insert into t values ('a@b.com'), (null)"))
    assert "Every column is personal" in text
    assert "a@b.com" not in text


# The page


def test_the_page_asks_for_nothing_outside_itself(look: Look) -> None:
    text = page(look("create table t (n int, w text); insert into t values (1, 'a'), (2, 'b')"))
    assert "default-src 'none'" in text
    assert not re.findall(r"""(?:src|href)=["']?(?:https?:)?//(?!en\.wikipedia\.org)""", text)
    assert not re.findall(r"@import|<iframe|<object|<embed", text)


def test_a_page_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write_page(tmp_path / "new" / "page.html", "text")
    assert (tmp_path / "new" / "page.html").read_text("utf-8") == "text"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["page.html"]
    with pytest.raises(UsageError, match=r"cannot write .*: .*--out"):
        write_page(tmp_path / "new" / "page.html" / "below.html", "text")


def test_only_what_may_be_read_is_found(look: Look, settings: Settings) -> None:
    look("create table t (n int)")
    names = {relation.full_name for relation in read_relations(settings)}
    assert "odd.t" in names
    assert not any(name.startswith(("pg_", "information_schema")) for name in names)
    column = read_columns(settings, find_relations(read_relations(settings), "odd.t")[0])[0]
    assert (column.name, column.data_type, column.kind) == ("n", "integer", "number")
