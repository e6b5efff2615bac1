"""A model under a contract has the columns, types and rows that it declares, or is not made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.tiny_project import Tiny
from tests.load_help import execute, query
from warehouse.settings import Settings

ID = "{name: id, data_type: int}"
ITEM = "{name: id, data_type: int, constraints: [{type: not_null}]}"
WHOLE = (
    f'{ITEM}, {{name: name, data_type: text, description: "Ann\'s \\"100%\\""}}, '
    '{name: amount, data_type: "numeric(18, 4)"}, {name: code, data_type: varchar(3)}, '
    "{name: seen_at, data_type: timestamp}, {name: Mixed Case, data_type: bigint, quote: true}"
)
WHOLE_SQL = (
    "select 1 as id, 'a'::text as name, 1.23456::numeric as amount, 'abc'::varchar as code, "
    'now()::timestamp as seen_at, 2::bigint as "Mixed Case"'
)
KEY = ", constraints: [{type: primary_key, columns: [id]}]"
# What is selected, what is declared, further YAML, and a part of what dbt says (nothing: made).
MODELS = {
    "whole": (WHOLE_SQL, WHOLE, "", ""),
    "whole_view": (
        "{{ config(materialized='view') }} " + WHOLE_SQL,
        WHOLE.replace(ITEM, ID),
        "",
        "",
    ),
    "empty": ("select 1 as id where false", ITEM, "", ""),
    "in_another_order": (
        "select 'a'::text as name, 1 as id",
        f"{ID}, {{name: name, data_type: text}}",
        "",
        "",
    ),
    "other_type": ("select '1'::text as id", ID, "", "id is text, declared as int"),
    "other_type_of_a_view": (
        "{{ config(materialized='view') }} select '1'::text as id",
        ID,
        "",
        "id is text, declared as int",
    ),
    "unknown_type": ("select 1 as id", "{name: id, data_type: inn}", "", "declared as inn"),
    "not_selected": (
        "select 1 as id",
        f"{ID}, {{name: gone, data_type: text}}",
        "",
        "gone is not selected",
    ),
    "not_declared": ("select 1 as id, 2 as more", ID, "", "more is not declared"),
    "two_faults": (
        "select 1::bigint as id, 2 as more",
        ID,
        "",
        "id is bigint, declared as int",
    ),
    "without_a_type": ("select 1 as id", "{name: id}", "", "each with its data_type (missing: id)"),
    "null_in_a_row": ("select 1 as id union all select null", ITEM, "", 'column "id" of relation'),
    "breaks_a_check": (
        "select -1 as id",
        '{name: id, data_type: int, constraints: [{type: check, expression: "id > 0"}]}',
        "",
        "is violated by some row",
    ),
    "breaks_a_check_of_two": (
        "select 2 as id, 1 as top",
        f"{ID}, {{name: top, data_type: int}}",
        ', constraints: [{type: check, expression: "id <= top", name: id_below_top}]',
        'check constraint "id_below_top" of relation',
    ),
    # A key as a constraint needs an index: these are made dbt's own way.
    "keyed": ("select 1 as id", ID, KEY, ""),
    "keyed_twice": ("select 1 as id union all select 1", ID, KEY, "duplicate key value"),
    "keyed_of_other_type": ("select '1'::text as id", ID, KEY, "enforced contract that failed"),
    "null_passes_a_check": (
        "select null::int as id",
        '{name: id, data_type: int, constraints: [{type: check, expression: "id > 0"}]}',
        "",
        "",
    ),
}
# Rows of a table of two columns, whether both are its key, and what becomes of the test.
KEYS = {
    "one": ("values (1, 1), (2, 1)", False, "pass"),
    "one_twice": ("values (1, 1), (1, 2)", False, "fail"),
    "one_null": ("values (1, 1), (null::int, 1)", False, "fail"),
    "both": ("values (1, 1), (1, 2)", True, "pass"),
    "both_twice": ("values (1, 1), (1, 2), (1, 2)", True, "fail"),
    "both_null": ("values (1, 1), (1, null::int)", True, "fail"),
    "no_rows": ("select 1, 1 where false", True, "pass"),
}


@pytest.fixture(scope="module")
def tiny(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiny]:
    yield Tiny(settings, tmp_path_factory.mktemp("contracts"))
    execute(settings, "drop schema if exists contracts cascade")


@pytest.fixture(scope="module")
def said(tiny: Tiny) -> dict[str, str]:
    return tiny.build(MODELS)


@pytest.fixture(scope="module")
def keys(tiny: Tiny) -> dict[str, str]:
    columns = "{name: id, data_type: int%s}, {name: part, data_type: int}"
    models = {}
    for name, (rows, is_both, _) in KEYS.items():
        on_column = "" if is_both else ", data_tests: [primary_key]"
        on_model = ", data_tests: [primary_key: {arguments: {column_names: [id, part]}}]"
        sql = f"select * from ({rows}) as rows_given (id, part)"
        models[name] = (sql, columns % on_column, on_model if is_both else "", "")
    tiny.write(models)
    return {
        each["unique_id"].split(".")[2]: each["status"]
        for each in tiny.results("build")
        if each["unique_id"].startswith("test.")
    }


@pytest.mark.parametrize("name", MODELS)
def test_a_contract_is_kept(said: dict[str, str], name: str) -> None:
    wanted = MODELS[name][-1]
    assert wanted in said[name]
    assert bool(wanted) == bool(said[name]), said[name]


def test_every_fault_is_told_with_the_file_to_look_in(said: dict[str, str]) -> None:
    assert "more is not declared" in said["two_faults"]
    assert "stand in models/models.yml" in said["two_faults"]


def test_a_table_gets_the_precision_of_its_contract(tiny: Tiny, said: dict[str, str]) -> None:
    assert said["whole"] == ""
    types = query(
        tiny.settings,
        "select attname::text, format_type(atttypid, atttypmod) from pg_attribute"
        " where attrelid = 'contracts.whole'::regclass and attnum > 0 order by attnum",
    )
    assert types == [
        ("id", "integer"),
        ("name", "text"),
        ("amount", "numeric(18,4)"),
        ("code", "character varying(3)"),
        ("seen_at", "timestamp without time zone"),
        ("Mixed Case", "bigint"),
    ]
    assert str(query(tiny.settings, "select amount from contracts.whole")[0][0]) == "1.2346"


def test_columns_are_described(tiny: Tiny, said: dict[str, str]) -> None:
    for name in ("whole", "whole_view"):
        assert said[name] == ""
        ((text,),) = query(
            tiny.settings, f"select col_description('contracts.{name}'::regclass, 2)"
        )
        assert text == 'Ann\'s "100%"'


def test_nothing_is_left_of_what_failed(tiny: Tiny, said: dict[str, str]) -> None:
    made = {name for name, text in said.items() if not text}
    there = query(
        tiny.settings,
        "select table_name from information_schema.tables where table_schema = 'contracts'",
    )
    assert {name for (name,) in there} == made


def test_a_table_stays_when_its_next_rows_break_the_contract(tiny: Tiny) -> None:
    kinds = ("table", "incremental")

    def build(select: str) -> list[str]:
        config = "{{{{ config(materialized='{}', on_schema_change='fail') }}}} select {}"
        models = {f"kept_{kind}": (config.format(kind, select), ITEM, "", "") for kind in kinds}
        return list(tiny.build(models).values())

    assert build("1 as id") == ["", ""]
    for select, fault in (
        ("'2'::text as id", "id is text, declared as int"),
        ("2 as id, 3 as more", "more is not declared"),
        ("null::int as id", "null value"),
    ):
        assert all(fault in text for text in build(select)), select
    for kind in kinds:
        assert query(tiny.settings, f"select id from contracts.kept_{kind}") == [(1,)]


@pytest.mark.parametrize("name", KEYS)
def test_a_primary_key_is_tested(keys: dict[str, str], name: str) -> None:
    _, is_both, wanted = KEYS[name]
    assert keys[f"primary_key_{name}_id" + ("__part" if is_both else "")] == wanted
