"""Rules of audiences: what they become in SQL, and what is said about those that mean nothing.

dbt's unit tests try the SQL; here are the sentences, which need no database.
"""

from __future__ import annotations

import datetime
import re
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest

from tests.embedded_help import PROJECT_DIR

COLUMNS = {
    "order_count": {"kind": "number", "values": []},
    "country": {"kind": "text", "values": []},
    "value_tier": {"kind": "text", "values": ["High", "Premium"]},
    "has_email": {"kind": "boolean", "values": []},
    "first_order_date": {"kind": "date", "values": []},
}


@pytest.fixture(scope="module")
def macros() -> Any:
    names = ("find_audience_faults", "audience_condition")
    texts = [(PROJECT_DIR / "macros" / "audiences" / f"{name}.sql").read_text() for name in names]
    env = jinja2.Environment(extensions=["jinja2.ext.do"])
    modules = SimpleNamespace(re=re, datetime=datetime)
    return env.from_string("\n".join(texts), globals={"modules": modules}).module


def audience(**changes: Any) -> dict[str, Any]:
    return {
        "name": "vips",
        "description": "d",
        "owner": "CRM",
        "rules": ["has_email = true"],
    } | changes


def faults_of(macros: Any, *audiences: dict[str, Any]) -> list[str]:
    faults: list[str] = []
    macros.find_audience_faults(list(audiences), COLUMNS, faults)
    return faults


@pytest.mark.parametrize(
    ("rules", "condition"),
    [
        (["order_count >= 2"], "f.order_count >= 2"),
        (
            ["order_count=1", " order_count   !=  -0.5 "],
            "f.order_count = 1 and f.order_count <> -0.5",
        ),
        (["order_count in 1, 2,3"], "f.order_count in (1, 2, 3)"),
        (["value_tier not in High,Premium"], "f.value_tier not in ('High', 'Premium')"),
        (["country = Côte d'Ivoire"], "f.country = 'Côte d''Ivoire'"),
        (["country = in between"], "f.country = 'in between'"),
        (["first_order_date < 2024-02-29"], "f.first_order_date < cast('2024-02-29' as date)"),
        (["has_email = false"], "f.has_email = false"),
        (
            ["country is known", "order_count is not known"],
            "f.country is not null and f.order_count is null",
        ),
    ],
)
def test_a_rule_becomes_a_condition(macros: Any, rules: list[str], condition: str) -> None:
    assert faults_of(macros, audience(rules=rules)) == []
    assert str(macros.audience_condition(rules, COLUMNS, "f")).strip() == condition


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("order_cont > 1", "no column order_cont"),
        ("order_count", "write a column, one of ="),
        ("order_count between 1 and 2", "write a column, one of ="),
        ({"order_count": 1}, "write a column, one of ="),
        ("order_count >= many", "'many' is no number"),
        ("order_count >= 1e3", "'1e3' is no number"),
        ("order_count = 1; drop table x", "'1; drop table x' is no number"),
        ("order_count in 1,,2", "a value is missing"),
        ("country =", "a value is missing"),
        ("country is known today", "nothing follows 'is known'"),
        ("country > Spain", "country is a text, which takes =, !=, in"),
        ("country = O\\", "no backslashes"),
        ("value_tier = premium", "value_tier is never 'premium'; it is one of High, Premium"),
        ("has_email = yes", "'yes' is no boolean, write true or false"),
        ("has_email != true", "has_email is a boolean, which takes ="),
        ("first_order_date < 2023-02-29", "'2023-02-29' is no date, write 2024-12-31"),
        ("first_order_date in 2024-01-01", "first_order_date is a date, which takes ="),
    ],
)
def test_a_rule_without_meaning_is_named(macros: Any, rule: Any, fault: str) -> None:
    found = faults_of(macros, audience(rules=["has_email = true", rule]))
    assert found
    assert found[0].startswith(f"vips, rule '{rule}': {fault}")


def test_an_unknown_column_brings_the_list_of_columns(macros: Any) -> None:
    rules = ["order_cont > 1", "contry = Spain"]
    assert faults_of(macros, audience(rules=rules)) == [
        "vips, rule 'order_cont > 1': no column order_cont",
        "vips, rule 'contry = Spain': no column contry",
        "columns are order_count, country, value_tier, has_email, first_order_date",
    ]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": "Top VIPs"}, "Top VIPs: a name is small letters, digits and _"),
        ({"name": ""}, "the audience at place 1: a name is small letters"),
        ({"description": ""}, "vips has no description"),
        ({"owner": None}, "vips has no owner"),
        ({"rules": []}, "vips has no rules"),
        ({"rules": "has_email = true"}, "vips: rules are a list"),
        ({"rule": "x"}, "vips: rule is none of name, description, owner, active_from, rules"),
        ({"active_from": "soon"}, "vips: active_from 'soon' is no day"),
        ({"active_from": "2023-02-29"}, "vips: active_from '2023-02-29' is no day"),
    ],
)
def test_a_declaration_without_meaning_is_named(
    macros: Any, changes: dict[str, Any], fault: str
) -> None:
    (found,) = faults_of(macros, audience(**changes))
    assert found.startswith(fault)


def test_a_declaration_that_is_no_mapping_is_named(macros: Any) -> None:
    (found,) = faults_of(macros, "vips")  # type: ignore[arg-type]
    assert found.startswith("'vips' is no audience")


def test_names_are_unique_and_a_first_day_may_be_a_date(macros: Any) -> None:
    assert faults_of(macros, audience(active_from=datetime.date(2024, 2, 29))) == []
    assert faults_of(macros, audience(), audience()) == ["vips is declared twice"]
