"""The checks of a batch: those that the contract implies and those of the suite, in one list."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from psycopg2 import sql

from ingest.contract import Column, ColumnType, Table
from ingest.gates.limits import Severity
from ingest.gates.suite import COLUMN_ARGUMENTS, Entry, Shares, Suite
from ingest.rules import MIN_ROWS, Rule, rules
from ingest.text import shortened
from ingest.value_patterns import PATTERNS

Kind = Literal["contract", "suite", "drift"]

# What these look at is how a value is written; all others get numbers, times and booleans as such.
ABOUT_TEXT = ("Regex", "LikePattern", "Lengths", "Null", "Unique", "Dateutil", "Json", "Strftime")
# A sample tells these as well as all rows do. Not so the greatest, a sum, or whether keys repeat.
FROM_A_SAMPLE = ("ExpectColumnValue", "ExpectColumnPairValues", "ExpectMulticolumn")
ALSO_FROM_A_SAMPLE = ("MeanToBe", "MedianToBe", "StdevToBe", "QuantileValuesToBe")
# These count rows; the others look at one number of a whole column or table.
BY_ROW = ("ColumnValues", "ColumnValueLengths", "PairValues", "Multicolumn", "CompoundColumns")
ONLY_FROM_ALL_ROWS = ("Unique", "Increasing", "Decreasing", "ZScores")

_FILLED = sql.SQL("nullif(btrim({0}, E' \\t\\r\\n'), '')")
_TYPED = sql.SQL("case when {value} ~ {pattern} and {sound} then {value}::{type} end as {name}")
# Anything longer is no number of a shop, and what does not fit the type would end the load.
_SOUND: dict[ColumnType, tuple[str, str]] = {
    "integer": ("length({value}) <= 40", "numeric"),
    "numeric": ("length({value}) <= 40", "numeric"),
    "timestamp": ("pg_input_is_valid({value}, 'timestamp')", "timestamp"),
    "date": ("pg_input_is_valid({value}, 'timestamp')", "timestamp"),
    "compact_date": ("pg_input_is_valid({value}, 'timestamp')", "timestamp"),
    "boolean": ("true", "boolean"),
}


@dataclass(frozen=True, eq=False)
class Check:
    """One expectation: of the contract, counted by ourselves, or of a suite."""

    kind: Kind
    name: str
    """filled, valid or rows for the contract; the expectation's class for the suite."""
    column_name: str
    """Several separated by commas; empty for the whole table."""
    severity: Severity
    threshold: str
    is_exact: bool = False
    """Judged by all rows of the batch, however many there are."""
    is_hidden: bool = False
    """Its values are personal data."""
    rule: Rule | None = None
    """Of the contract: judged by what was counted."""
    number: int = 0
    """Of the suite's entry, from 1: judged by Great Expectations."""
    kwargs: dict[str, Any] = field(default_factory=dict)
    """Its arguments, with the columns of the relation that is checked."""
    remedy: str | None = None

    @property
    def is_by_row(self) -> bool:
        """Tell whether single rows meet it or not."""
        return any(word in self.name for word in BY_ROW)


@dataclass(frozen=True)
class CheckResult:
    """What came of one check: a row of raw.batch_checks."""

    check_kind: Kind
    check_name: str
    column_name: str
    severity: Severity
    success: bool | None
    """None where there was nothing to judge by."""
    observed: str
    threshold: str
    is_sampled: bool = False
    unexpected_count: int | None = None
    unexpected_percent: float | None = None
    sample_values: str | None = None
    message: str = ""
    """One line for the screen; not stored."""

    @property
    def is_broken(self) -> bool:
        """Tell whether the check was judged and not met."""
        return self.success is False


def plan_checks(table: Table, suite: Suite) -> list[Check]:
    """Return the checks of a table, those of the contract first."""
    hidden = suite.hidden(table)
    found = [_row_count()]
    for rule in rules(table):
        found.append(_of_rule(_with_share(rule, suite), hidden))
    for number, entry in enumerate(suite.expectations, start=1):
        found.append(_of_entry(table, entry, number, hidden))
    return found


def relation_columns(table: Table, suite: Suite) -> list[sql.Composable]:
    """Return the select list of the relation that checks run on: text without blanks, and typed."""
    typed = set(suite.drift.amounts)
    for entry in suite.expectations:
        if not _is_about_text(entry.expectation):
            typed |= set(entry.columns)
    columns: list[sql.Composable] = [sql.SQL("_row_number")]
    for column in table.columns:
        value = _FILLED.format(sql.Identifier(column.name))
        columns.append(sql.SQL("{} as {}").format(value, sql.Identifier(column.name)))
    for column in table.columns:
        if column.name in typed and column.type in _SOUND:
            columns.append(_typed(column))
    return columns


def typed_name(name: str) -> str:
    """Return the column of the relation that has the values of a column in their type."""
    return f"{name[:50]}__typed"


def _typed(column: Column) -> sql.Composable:
    value = _FILLED.format(sql.Identifier(column.name))
    sound, type_name = _SOUND[column.type]
    return _TYPED.format(
        value=value,
        pattern=sql.Literal(PATTERNS[column.type]),
        sound=sql.SQL(sound).format(value=value),
        type=sql.SQL(type_name),
        name=sql.Identifier(typed_name(column.name)),
    )


def _is_about_text(expectation: str) -> bool:
    return any(word in expectation for word in ABOUT_TEXT)


def _row_count() -> Check:
    threshold = f"at least {MIN_ROWS}"
    return Check("contract", "rows", column_name="", severity="stop", threshold=threshold)


def _with_share(rule: Rule, suite: Suite) -> Rule:
    shares = suite.contract.get(rule.column.name, Shares())
    share = shares.filled if rule.kind == "filled" else shares.valid
    return rule if share is None else replace(rule, min_share=share, is_own=True)


def _of_rule(rule: Rule, hidden: frozenset[str]) -> Check:
    return Check(
        kind="contract",
        name=rule.kind,
        column_name=rule.column.name,
        severity="stop",
        threshold=f"at least {rule.min_share:.4g}",
        is_exact=rule.is_own,
        is_hidden=rule.column.name in hidden,
        rule=rule,
    )


def _of_entry(table: Table, entry: Entry, number: int, hidden: frozenset[str]) -> Check:
    return Check(
        kind="suite",
        name=entry.expectation,
        column_name=", ".join(entry.columns),
        severity=entry.severity,
        kwargs=_with_types(table, entry),
        threshold=_threshold(entry),
        # A threshold that refuses a batch is not left to a draw.
        is_exact=entry.severity == "stop" or not _can_be_sampled(entry.expectation),
        is_hidden=bool(hidden.intersection(entry.columns)),
        number=number,
        remedy=entry.remedy,
    )


def _can_be_sampled(expectation: str) -> bool:
    if any(word in expectation for word in ONLY_FROM_ALL_ROWS):
        return False
    by_row = expectation.startswith(FROM_A_SAMPLE)
    return by_row or any(word in expectation for word in ALSO_FROM_A_SAMPLE)


def _with_types(table: Table, entry: Entry) -> dict[str, Any]:
    typed = {c.name for c in table.columns if c.type in _SOUND}
    about_text = _is_about_text(entry.expectation)

    def name(column: str) -> str:
        return column if about_text or column not in typed else typed_name(column)

    kwargs = dict(entry.kwargs)
    for key in COLUMN_ARGUMENTS:
        if key in kwargs:
            value = kwargs[key]
            kwargs[key] = [name(v) for v in value] if isinstance(value, list) else name(value)
    return kwargs


def _threshold(entry: Entry) -> str:
    said = [f"at least {entry.kwargs['mostly']:.4g}"] if "mostly" in entry.kwargs else []
    for key, value in entry.kwargs.items():
        if key not in (*COLUMN_ARGUMENTS, "mostly"):
            said.append(f"{key} {_brief(value)}")
    return ", ".join(said) or "all"


def _brief(value: Any) -> str:
    return shortened(", ".join(map(str, value)) if isinstance(value, list) else str(value))
