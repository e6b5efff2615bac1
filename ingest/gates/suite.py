"""The suite of a raw table: what its owners expect of every batch beyond the contract."""

from __future__ import annotations

import difflib
import importlib.util
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.contract import Source, Table
from ingest.gates.limits import DriftLimits, Severity
from ingest.text import listed
from ingest.value_patterns import PATTERNS
from warehouse.errors import UsageError

SUITES_DIR = "ingest/suites"
COLUMN_ARGUMENTS = ("column", "column_A", "column_B", "column_list")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entry(_Frozen):
    """One expectation of Great Expectations, and what happens when it is not met."""

    expectation: str
    """Name of its class, for example ExpectColumnValuesToBeInSet."""
    kwargs: dict[str, Any] = {}
    """Its own arguments, with the column names of the contract."""
    severity: Severity = "warn"
    remedy: str | None = None
    """What to do about it; stands behind the message."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is about."""
        found: list[str] = []
        for name in COLUMN_ARGUMENTS:
            value = self.kwargs.get(name, [])
            found += value if isinstance(value, list) else [str(value)]
        return tuple(found)


class Shares(_Frozen):
    """Thresholds of what the contract implies for one column."""

    filled: float | None = Field(default=None, ge=0, le=1)
    """Share of the rows that must fill a required column."""
    valid: float | None = Field(default=None, ge=0, le=1)
    """Share of the filled values that must look like the declared type."""


class Suite(_Frozen):
    """A whole file; a table without one has the defaults."""

    path: str = ""
    """Where it is written, relative to the project."""
    pii: tuple[str, ...] = ()
    """Columns with personal data: their values are neither stored with results nor shown."""
    contract: dict[str, Shares] = {}
    """Thresholds by column."""
    expectations: tuple[Entry, ...] = ()
    drift: DriftLimits = DriftLimits()

    def hidden(self, table: Table) -> frozenset[str]:
        """Return the columns whose values stay where they are, by the suite or by the contract."""
        marked = (column.name for column in table.columns if column.pii)
        return frozenset((*self.pii, *marked))

    def where(self, number: int) -> str:
        """Return how messages name the expectation of this number, from 1."""
        return f"{self.path}: expectation {number} ({self.expectations[number - 1].expectation})"


def load_suites(project_dir: Path, source: Source) -> dict[str, Suite]:
    """Read the suites of a source's tables, by the tables' names in schema raw.

    Raises:
        UsageError: a suite that cannot be understood, or a file that belongs to no table.
    """
    known = {table.identifier for table in source.tables}
    for path in sorted((project_dir / SUITES_DIR).glob(f"{source.name}__*.y*ml")):
        if path.name not in {f"{name}.yml" for name in known}:
            raise UsageError(
                f"{path.relative_to(project_dir)}: source {source.name} has no table for it; "
                f"name it after one of {listed(sorted(f'{name}.yml' for name in known))}"
            )
    return {table.identifier: load_suite(project_dir, table) for table in source.tables}


def load_suite(project_dir: Path, table: Table) -> Suite:
    """Read the suite of a table; without a file it holds nothing but defaults.

    Raises:
        UsageError: names the file, the entry and what is wrong with it.
    """
    relative = f"{SUITES_DIR}/{table.identifier}.yml"
    path = project_dir / relative
    if not path.is_file():
        return Suite()
    suite = _parse(relative, path.read_text(encoding="utf-8"))
    for problem in _problems(suite, table):
        raise UsageError(problem)
    return suite


def _parse(relative: str, text: str) -> Suite:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UsageError(f"{relative} is not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(found or {}, dict) or "path" in (found or {}):
        raise UsageError(f"{relative}: write a mapping with {', '.join(_keys())}")
    try:
        return Suite(**{**(found or {}), "path": relative})
    except ValidationError as error:
        raise UsageError(_explain(relative, found, error)) from error


def _keys() -> list[str]:
    return [name for name in Suite.model_fields if name != "path"]


def _explain(relative: str, found: dict[str, Any], error: ValidationError) -> str:
    first = error.errors()[0]
    at = list(first["loc"])
    if at[0] == "expectations" and len(at) > 1 and isinstance(at[1], int):
        entry = found["expectations"][at[1]]
        name = entry.get("expectation", "?") if isinstance(entry, dict) else "?"
        at = [f"expectation {at[1] + 1} ({name})", *at[2:]]
    return f"{relative}: {'.'.join(str(part) for part in at)}: {first['msg']}"


def _problems(suite: Suite, table: Table) -> Iterator[str]:
    for number, entry in enumerate(suite.expectations, start=1):
        where = suite.where(number)
        if entry.expectation.lower() not in _known():
            yield (
                f"{where}: Great Expectations has no such expectation"
                f"{_suggestion(entry.expectation, _known().values())}"
            )
        yield from _unknown(entry.columns, table, where)
    yield from _unknown(suite.pii, table, f"{suite.path}: pii")
    yield from _unknown(tuple(suite.contract), table, f"{suite.path}: contract")
    yield from _unknown(suite.drift.categories, table, f"{suite.path}: drift.categories")
    yield from _unknown(suite.drift.amounts, table, f"{suite.path}: drift.amounts")
    yield from _misplaced_shares(suite, table)
    yield from _misplaced_drift(suite, table)


def _unknown(names: tuple[str, ...], table: Table, where: str) -> Iterator[str]:
    columns = [column.name for column in table.columns]
    for name in names:
        if name not in columns:
            yield (
                f"{where}: {table.relation} has no column '{name}'{_suggestion(name, columns)}; "
                f"it has {listed(columns)}"
            )


def _misplaced_shares(suite: Suite, table: Table) -> Iterator[str]:
    columns = {column.name: column for column in table.columns}
    for name, shares in suite.contract.items():
        if shares.filled is not None and not columns[name].required:
            yield (
                f"{suite.path}: contract.{name}.filled: the contract does not require {name}; "
                "write an ExpectColumnValuesToNotBeNull instead"
            )
        if shares.valid is not None and columns[name].type not in PATTERNS:
            yield f"{suite.path}: contract.{name}.valid: {name} is text, and any text is valid"


def _misplaced_drift(suite: Suite, table: Table) -> Iterator[str]:
    columns = {column.name: column for column in table.columns}
    for name in suite.drift.amounts:
        if columns[name].type not in ("integer", "numeric"):
            yield (
                f"{suite.path}: drift.amounts: {name} is declared as {columns[name].type}; "
                "an amount is integer or numeric"
            )
    for name in suite.drift.categories:
        if name in suite.hidden(table):
            yield (
                f"{suite.path}: drift.categories: {name} holds personal data, and categories are "
                "stored and shown by name"
            )


def _suggestion(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {close[0]}?)" if close else ""


@cache
def _known() -> dict[str, str]:
    """Return the expectations of the library, in lower case to a readable spelling.

    By the names of its files: importing it takes seconds, and the loader does so beside COPY.
    """
    spec = importlib.util.find_spec("great_expectations")
    if spec is None or spec.origin is None:
        return {}
    folder = Path(spec.origin).parent / "expectations" / "core"
    words = [path.stem.split("_") for path in folder.glob("expect_*.py")]
    return {"".join(w): "".join(word.capitalize() for word in w) for w in words}
