"""What a pull does without a server: its file, its values, its rows."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from ingest.contract import Column, Table, load_contract
from ingest.pull.connections import load_connection, with_secrets
from ingest.pull.rows import RowMaker
from ingest.pull.values import NoTextForm, as_text
from tests.embedded_help import PROJECT_DIR
from warehouse.errors import InputRefused, UsageError

TABLE = Table(
    name="orders",
    identifier="shop__orders",
    files="orders",
    columns=(
        Column(name="order_id", header="Order Id", type="text", required=True),
        Column(name="amount", header="amount", type="numeric"),
        Column(name="currency", header="currency", type="text"),
    ),
)


class Colour(enum.Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", ""),
        (True, "true"),
        (0, "0"),
        (2**70, "1180591620717411303424"),
        (Decimal("1.10"), "1.10"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-20"), "0.00000000000000000001"),
        (1e-7, "0.0000001"),
        (0.1, "0.1"),
        (dt.datetime(2024, 5, 1, 12, 30), "2024-05-01 12:30:00"),
        (dt.datetime(2024, 5, 1, 12, 30, 0, 5), "2024-05-01 12:30:00.000005"),
        (
            dt.datetime(2024, 5, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=2))),
            "2024-05-01 10:00:00",
        ),
        (dt.date(2024, 5, 1), "2024-05-01"),
        (dt.time(8, 5), "08:05:00"),
        (Colour.RED, "red"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ({"b": [Decimal("1.10"), None, dt.date(2024, 5, 1)]}, '{"b":[1.10,null,"2024-05-01"]}'),
        ({"b"}, '["b"]'),
    ],
)
def test_values_lose_nothing(value, text):
    assert as_text(value) == text


@pytest.mark.parametrize("value", [b"x", bytearray(b"x"), memoryview(b"x"), {"a": b"x"}])
def test_bytes_have_no_text_form(value):
    with pytest.raises(NoTextForm):
        as_text(value)


def rows(page: object, **options) -> list[dict]:
    columns = options.pop("columns", {"order_id": "id"})
    made = RowMaker("acme.orders", TABLE, columns, **options)(page)
    return made.to_pylist() if made is not None else []


def test_rows_are_renamed_and_completed():
    assert rows([{"id": 1, "AMOUNT ": Decimal("1.10"), "other": b""}]) == [
        {"Order Id": "1", "amount": "1.10", "currency": None}
    ]
    assert rows([{"id": 1}], values={"currency": "EUR"})[0]["currency"] == "EUR"
    assert rows({"ORDER ID": 1}, columns={})[0]["Order Id"] == "1"
    assert rows([]) == []


def test_rows_come_out_of_lists():
    page = [{"no": 7, "lines": [{"sku": "a"}, {"sku": "b", "position": 9}]}, {"lines": None}]
    columns = {"order_id": "parent.no", "amount": "position", "currency": "sku"}
    assert [list(row.values()) for row in rows(page, columns=columns, rows="lines")] == [
        ["7", "1", "a"],
        ["7", "9", "b"],
    ]


@pytest.mark.parametrize(
    ("page", "options", "said"),
    [
        ([1], {}, "acme.orders: the rows are no objects but int; set data_selector"),
        ([{"a": 1, "b": 2}], {}, "no 'id' for the required column Order Id; it has a, b"),
        ([{"id": 1}], {"rows": "lines"}, "an object has no 'lines', which rows names; it has id"),
        ([{"lines": [1]}], {"rows": "lines"}, "'lines' holds no list of objects"),
        ([{"id": b"x"}], {}, "'id' holds bytes, which have no text form"),
        ([{"id": "\ud800"}], {}, "a text in 'id' holds half a character"),
    ],
)
def test_rows_that_do_not_fit_are_refused(page, options, said):
    with pytest.raises(InputRefused) as refused:
        rows(page, **options)
    assert said in refused.value.message


def test_mapping_of_unknown_columns_is_refused():
    for setting in ("columns", "values"):
        with pytest.raises(UsageError, match=f"{setting} names x, which table orders does not"):
            rows([], **{"columns": {}} | {setting: {"x": "y"}})


def test_secrets_come_from_the_environment():
    given = {"auth": {"type": "bearer", "token_env": "T"}, "headers": [{"a": 1}]}
    assert with_secrets("acme", given, {"T": "s"}) == {
        "auth": {"type": "bearer", "token": "s"},
        "headers": [{"a": 1}],
    }
    with pytest.raises(UsageError, match="acme: the environment variable T is not set"):
        with_secrets("acme", given, {})
    for key in ("token", "password", "Authorization", "api_key"):
        with pytest.raises(UsageError, match=f"'{key}' is a secret"):
            with_secrets("acme", {"headers": [{key: "s"}]}, {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("connections: [", "is not valid YAML"),
        ("connections: {acme: {kind: ftp}}", "'connections.acme': Input tag 'ftp'"),
        ("connections: {Acme!: {kind: sql}}", "should match pattern"),
        (
            "connections: {acme: {kind: sql, source: shop, tabels: {}}}",
            "'connections.acme.sql.tables': Field required",
        ),
        (
            "connections: {other: {kind: sql, source: shop, tables: {a: {table: b}}}}",
            "it has other",
        ),
        ("", "'connections': Field required"),
    ],
)
def test_file_that_cannot_be_understood(text, said, tmp_path):
    path = tmp_path / "connections.yml"
    path.write_text(text)
    with pytest.raises(UsageError) as refused:
        load_connection(path, "acme")
    assert said in refused.value.message
    assert "\n" not in refused.value.message


def test_missing_file_names_the_example(tmp_path):
    with pytest.raises(UsageError, match=r"copy connections\.example\.yml to it"):
        load_connection(tmp_path / "connections.yml", "acme")


def test_example_fits_the_contract(monkeypatch):
    """Whoever copies it and has a shop like that gets what is required."""
    path = PROJECT_DIR / "connections.example.yml"
    for name in yaml.safe_load(path.read_text())["connections"]:
        connection = load_connection(path, name)
        contract = load_contract(PROJECT_DIR, connection.source)
        for table, entry in connection.tables.items():
            ours = contract.table(table)
            RowMaker(name, ours, entry.columns, entry.values)
            required = {column.name for column in ours.columns if column.required}
            assert required <= entry.columns.keys() | entry.values.keys()


def test_secrets_file_is_ignored_by_git():
    assert "connections.yml" in Path(PROJECT_DIR / ".gitignore").read_text().splitlines()
