"""Who may see what, as far as it can be told without a database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from apps.profile.declared import pii_mark
from apps.profile.personal import is_personal_name
from ingest.forget.person import Account, Value, account
from ingest.forget.tables import person_tables
from orchestration.forget_search import is_distinctive, one_pattern, terms
from tests.embedded_help import PROJECT_DIR
from tests.unit.test_layers import Graph, graph, layer
from warehouse.roles import ROLES

__all__ = ["graph"]  # the fixture

OPEN_TO_READER = ("marts", "predictions")
# Columns that sound personal and are not, as somebody looked and found.
REVIEWED: dict[str, str] = {}
ACCESS = {
    **{"marts": "public", "predictions": "public"},
    **{"intermediate": "protected", "features": "protected", "monitoring": "protected"},
    **{"staging/ml": "protected", "staging/landing": "protected", "staging": "protected"},
}


def unmarked(node: dict[str, Any]) -> Iterator[str]:
    """Columns that are named like personal data and that nobody has marked, either way."""
    for name, column in node["columns"].items():
        if is_personal_name(name) and pii_mark(column) is None:
            yield f"{node['name']}.{name}"


def test_personal_columns_are_tagged(graph: Graph) -> None:
    """A column that sounds personal is tagged `pii: true`, or false after somebody looked."""
    read = [node for node in graph.models() if layer(node) in OPEN_TO_READER]
    found = sorted(place for node in read for place in unmarked(node))
    assert [place for place in found if place not in REVIEWED] == []


def test_an_untagged_column_is_found() -> None:
    columns = {"email": {}, "review_text": {"meta": {"pii": True}}, "order_count": {}}
    node = {"name": "m", "columns": {**columns, "customer_name": {"config": {"meta": {"pii": 0}}}}}
    assert list(unmarked(node)) == ["m.email"]


def test_columns_of_what_the_reader_may_see_are_all_described(graph: Graph) -> None:
    """What is in no YAML could hold anything, and grants on columns leave it out."""
    personal = [
        node
        for node in graph.models()
        if layer(node) in OPEN_TO_READER
        and any(pii_mark(column) for column in node["columns"].values())
    ]
    assert {"dim_customers", "fct_reviews"} <= {node["name"] for node in personal}


def test_roles_are_those_that_dbt_grants_to(graph: Graph) -> None:
    granted = {
        (layer(node).split("/")[0], role)
        for node in graph.nodes.values()
        for role in (node["config"].get("grants") or {}).get("select", [])
    }
    assert {role for _, role in granted} <= set(ROLES)
    assert {where for where, role in granted if role == "clientele_reader"} == set(OPEN_TO_READER)
    assert not {where for where, _ in granted if where == "staging"}
    text = (PROJECT_DIR / "macros/roles/roles.sql").read_text("utf-8")
    assert set(re.findall(r"clientele_\w+", text)) | {role for _, role in granted} >= set(ROLES)


def test_models_are_open_as_far_as_their_layer_is(graph: Graph) -> None:
    found = {
        node["name"]: node["config"]["access"]
        for node in graph.models()
        if node["config"]["access"] != ACCESS.get(layer(node), "private")
    }
    assert found == {}
    assert all(node["config"]["group"] for node in graph.models())


def test_every_table_that_names_customers_says_by_which_column() -> None:
    """Without the mark `clientele forget` would pass the table over."""
    known = {item.table.identifier: item for item in person_tables(PROJECT_DIR)}
    for item in known.values():
        named = [c.name for c in item.table.columns if "customer" in c.name and "id" in c.name]
        marked = [item.number, *item.references]
        assert set(named) <= set(marked), item.table.identifier
    assert known["shop__orders"].contacts == {
        "full_name": "name",
        "email": "email",
        "phone": "phone",
    }
    assert known["cdnow__transactions"].number == "master_id"
    assert known["olist__reviews"].number is None


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("shop:1042", Account("shop", "1042")),
        ("shop:a:b", Account("shop", "a:b")),
        ("shop:guest:0f", Account("shop", guest_hash="0f")),
    ],
)
def test_accounts_are_read_from_their_keys(key: str, expected: Account) -> None:
    assert account(key) == expected
    assert expected.account_id == key


@pytest.mark.parametrize(
    ("number", "expected"),
    [("1042", False), ("12345678", True), ("C0000001", True), ("C1", False), ("customers", False)],
)
def test_only_a_number_that_can_be_nothing_else_is_searched(number: str, expected: bool) -> None:
    assert is_distinctive(number) is expected


@pytest.mark.parametrize(
    ("value", "found", "passed"),
    [
        (Value("email", "a.b@x.org"), "to A.B@X.org.", "a.b@x.org.uk ca.b@x.org axb@x.org"),
        (Value("phone", "+44 20 7946"), "tel 44207946, +44 20 7946", "1442079460"),
        (Value("phone", "12 34"), "", "12 34 1234"),
        (Value("name", "tom o'neil"), "Tom  O'Neil", "Tom O'Neill, Atom O'Neil"),
        (Value("name", "tom"), "", "tom"),
        (Value("email", "a@x.org", is_shared=True), "", "a@x.org"),
    ],
)
def test_values_are_searched_as_whole_words(value: Value, found: str, passed: str) -> None:
    looked_for = terms([], [value], [])
    if not found:
        assert looked_for == []
        return
    pattern = re.compile(one_pattern(looked_for), re.IGNORECASE)
    assert pattern.search(found)
    assert not pattern.search(passed)
    assert any(anchor in found.lower() for term in looked_for for anchor in term.anchors)
