"""Suites are read strictly: whatever is wrong with one is a line with the file and the entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.contract import Source, known_sources, load_contract
from ingest.gates.checks import plan_checks, typed_name
from ingest.gates.gx_import import Library
from ingest.gates.limits import DriftLimits
from ingest.gates.runner import expectation
from ingest.gates.suite import SUITES_DIR, Suite, load_suite, load_suites
from warehouse.errors import UsageError

PROJECT_DIR = Path(__file__).resolve().parents[2]
CONTRACT = """
sources:
  - name: shop
    config: {meta: {managed: raw}}
    tables:
      - name: orders
        identifier: shop__orders
        columns:
          - {name: order_id, config: {meta: {header: Order ID, type: text, required: true}}}
          - {name: email, config: {meta: {header: Email, type: text, pii: true}}}
          - {name: status, config: {meta: {header: Status, type: text}}}
          - {name: amount, config: {meta: {header: Amount, type: numeric}}}
"""
FILE = f"{SUITES_DIR}/shop__orders.yml"


@pytest.fixture
def source(tmp_path: Path) -> Source:
    folder = tmp_path / "models" / "staging" / "shop"
    folder.mkdir(parents=True)
    (folder / "_shop__sources.yml").write_text(CONTRACT)
    (tmp_path / SUITES_DIR).mkdir(parents=True)
    return load_contract(tmp_path, "shop")


def read(folder: Path, source: Source, text: str) -> Suite:
    (folder / FILE).write_text(text)
    return load_suites(folder, source)["shop__orders"]


def test_table_without_a_file_has_the_checks_of_the_contract_only(tmp_path, source):
    suite = load_suite(tmp_path, source.tables[0])
    assert suite == Suite()
    assert suite.drift == DriftLimits()
    checks = plan_checks(source.tables[0], suite)
    assert [(c.name, c.column_name, c.severity) for c in checks] == [
        ("rows", "", "stop"),
        ("filled", "order_id", "stop"),
        ("valid", "amount", "stop"),
    ]
    assert not any(check.is_exact for check in checks)


def test_empty_file_says_nothing(tmp_path, source):
    assert read(tmp_path, source, "# nothing yet\n").expectations == ()


def test_threshold_of_the_contract_can_be_overridden(tmp_path, source):
    suite = read(tmp_path, source, "contract: {order_id: {filled: 0.99}, amount: {valid: 0.7}}")
    found = {c.name: c for c in plan_checks(source.tables[0], suite)}
    assert found["filled"].rule.min_share == 0.99
    assert found["valid"].threshold == "at least 0.7"
    assert found["filled"].is_exact
    assert found["valid"].is_exact


def test_numbers_are_compared_as_numbers_and_text_as_text(tmp_path, source):
    suite = read(
        tmp_path,
        source,
        """
expectations:
  - {expectation: ExpectColumnValuesToBeBetween, kwargs: {column: amount, min_value: 0}}
  - {expectation: ExpectColumnValuesToMatchRegex, kwargs: {column: amount, regex: x}}
  - {expectation: ExpectColumnValuesToBeInSet, kwargs: {column: status, value_set: [a]}}
  - expectation: ExpectColumnPairValuesAToBeGreaterThanB
    kwargs: {column_A: amount, column_B: amount}
    severity: stop
""",
    )
    checks = [check for check in plan_checks(source.tables[0], suite) if check.number]
    typed = typed_name("amount")
    assert [check.kwargs.get("column") for check in checks[:3]] == [typed, "amount", "status"]
    assert (checks[3].kwargs["column_A"], checks[3].column_name) == (typed, "amount, amount")
    assert [check.is_exact for check in checks] == [False, False, False, True]


@pytest.mark.parametrize(
    ("name", "is_exact"),
    [
        ("ExpectColumnValuesToBeUnique", True),
        ("ExpectCompoundColumnsToBeUnique", True),
        ("ExpectColumnMaxToBeBetween", True),
        ("ExpectColumnSumToBeBetween", True),
        ("ExpectColumnDistinctValuesToBeInSet", True),
        ("ExpectColumnMeanToBeBetween", False),
        ("ExpectColumnMedianToBeBetween", False),
        ("ExpectColumnValueLengthsToBeBetween", False),
    ],
)
def test_what_a_sample_cannot_tell_is_asked_of_all_rows(tmp_path, source, name, is_exact):
    text = f"expectations: [{{expectation: {name}, kwargs: {{column: status}}}}]"
    suite = read(tmp_path, source, text)
    assert plan_checks(source.tables[0], suite)[-1].is_exact is is_exact


BROKEN = {
    "unknown column": (
        "expectations: [{expectation: ExpectColumnValuesToBeNull, kwargs: {column: stats}}]",
        [FILE, "expectation 1 (ExpectColumnValuesToBeNull)", "'stats'", "did you mean status?"],
    ),
    "unknown column of a list": (
        "expectations: [{expectation: ExpectCompoundColumnsToBeUnique, "
        "kwargs: {column_list: [order_id, nope]}}]",
        ["expectation 1", "'nope'"],
    ),
    "unknown expectation": (
        "expectations:\n  - {expectation: ExpectColumnValuesToBeNull, kwargs: {column: status}}\n"
        "  - {expectation: ExpectColumnValuesToBeInSett, kwargs: {column: status}}",
        [FILE, "expectation 2", "did you mean ExpectColumnValuesToBeInSet?"],
    ),
    "unknown severity": (
        "expectations: [{expectation: ExpectColumnValuesToBeNull, severity: halt}]",
        [FILE, "expectation 1 (ExpectColumnValuesToBeNull).severity", "'warn' or 'stop'"],
    ),
    "unknown key": ("expectation: []", [FILE, "expectation", "not permitted"]),
    "unknown key of an entry": (
        "expectations: [{expectation: ExpectColumnValuesToBeNull, mostly: 1}]",
        ["expectation 1 (ExpectColumnValuesToBeNull).mostly"],
    ),
    "no mapping": ("- a\n- b", [FILE, "write a mapping", "expectations"]),
    "no yaml": ("a: [", [FILE, "not valid YAML"]),
    "share above one": ("contract: {amount: {valid: 70}}", ["contract.amount.valid"]),
    "share of a column that may be blank": (
        "contract: {status: {filled: 0.5}}",
        ["does not require status", "ExpectColumnValuesToNotBeNull"],
    ),
    "share of text": ("contract: {status: {valid: 0.5}}", ["any text is valid"]),
    "unknown column in contract": ("contract: {x: {valid: 0.5}}", ["contract", "no column 'x'"]),
    "unknown column in pii": ("pii: [mail]", ["pii", "no column 'mail'"]),
    "amount of text": ("drift: {amounts: [status]}", ["drift.amounts", "declared as text"]),
    "unknown category": ("drift: {categories: [x]}", ["drift.categories", "no column 'x'"]),
    "personal categories": ("drift: {categories: [email]}", ["email", "personal data"]),
    "personal by the suite": ("pii: [status]\ndrift: {categories: [status]}", ["personal data"]),
    "unknown drift": ("drift: {stop: [rows]}", ["drift.stop.0"]),
    "too few batches": ("drift: {earlier_batches: 2}", ["drift.earlier_batches"]),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_suite_is_one_line(tmp_path, source, case):
    text, parts = BROKEN[case]
    with pytest.raises(UsageError) as error:
        read(tmp_path, source, text)
    assert "\n" not in error.value.message
    assert [part for part in parts if part not in error.value.message] == []


def test_suite_of_no_table_is_found(tmp_path, source):
    (tmp_path / SUITES_DIR / "shop__order.yml").write_text("")
    with pytest.raises(UsageError, match=r"shop__order\.yml.*no table.*shop__orders\.yml"):
        load_suites(tmp_path, source)


@pytest.fixture(scope="session")
def gx():
    return Library().get()


def shipped() -> list[str]:
    return known_sources(PROJECT_DIR)


@pytest.mark.parametrize("name", shipped())
def test_shipped_suites_are_understood(gx, name):
    """By our own reading, and by Great Expectations with the arguments of every entry."""
    source = load_contract(PROJECT_DIR, name)
    for identifier, suite in load_suites(PROJECT_DIR, source).items():
        table = source.table(identifier)
        for check in plan_checks(table, suite):
            if check.number:
                assert expectation(gx, check, 0, suite) is not None


@pytest.mark.parametrize("name", shipped())
def test_every_raw_table_has_a_suite(name):
    source = load_contract(PROJECT_DIR, name)
    suites = load_suites(PROJECT_DIR, source)
    assert [identifier for identifier, suite in suites.items() if not suite.path] == []


@pytest.mark.parametrize(
    ("kwargs", "said"),
    [
        ("{column: status, valueset: [a]}", "valueset"),
        ("{column: status}", "value_set"),
        ("{column: status, value_set: [a], mostly: 2}", "mostly"),
    ],
)
def test_arguments_that_the_library_does_not_take_are_named(tmp_path, source, gx, kwargs, said):
    text = f"expectations: [{{expectation: ExpectColumnValuesToBeInSet, kwargs: {kwargs}}}]"
    suite = read(tmp_path, source, text)
    check = plan_checks(source.tables[0], suite)[-1]
    with pytest.raises(UsageError) as error:
        expectation(gx, check, 0, suite)
    assert error.value.message.startswith(f"{FILE}: expectation 1 (ExpectColumnValuesToBeInSet): ")
    assert said in error.value.message
    assert "\n" not in error.value.message
