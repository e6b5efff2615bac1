"""Runs checks with Great Expectations on relations of our own connection."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg2.extensions import connection

from ingest.contract import Table
from ingest.gates.checks import Check
from ingest.gates.gx_import import Library
from ingest.gates.suite import Suite
from ingest.text import shortened
from warehouse.errors import ClienteleError, UsageError

SHOWN_ROWS = 3

_QUICK = {"result_format": "BOOLEAN_ONLY"}
_IN_FULL = {
    "result_format": "SUMMARY",
    "partial_unexpected_count": SHOWN_ROWS,
    "unexpected_index_column_names": ["_row_number"],
}


@dataclass(frozen=True)
class Answer:
    """What Great Expectations says about one check."""

    success: bool
    result: dict[str, Any] = field(default_factory=dict)
    """Its result in the format SUMMARY; empty where no row broke a check of rows."""


class Runner:
    """The checks of one table on one connection.

    The connection must be in autocommit mode with an explicit `begin`: what SQLAlchemy takes for
    its own commits and rollbacks then does not touch our transaction.
    """

    def __init__(self, conn: connection, table: Table, suite: Suite, library: Library) -> None:
        self._conn = conn
        self._table = table
        self._suite = suite
        self._library = library
        self._validators: dict[str, Any] = {}
        self._suites: dict[tuple[Any, ...], Any] = {}

    def run(self, relation: str, checks: Sequence[Check]) -> list[Answer]:
        """Return an answer to each check of a suite, on a view or table that exists now.

        Counting rows costs a query per check, so what a suite tolerates (`mostly`) is left out
        first: only where a row breaks the check is it run again, with its threshold and counts.

        Raises:
            UsageError: an entry of the suite that Great Expectations does not accept.
            ClienteleError: the checks could not run.
        """
        by_row = [check for check in checks if check.is_by_row]
        quick = self._validate(relation, by_row, _QUICK, is_strict=True)
        answers = dict(zip(by_row, quick, strict=True))
        rest = [check for check in checks if check not in answers or not answers[check].success]
        in_full = self._validate(relation, rest, _IN_FULL, is_strict=False)
        answers |= dict(zip(rest, in_full, strict=True))
        return [answers[check] for check in checks]

    def _validate(
        self,
        relation: str,
        checks: Sequence[Check],
        result_format: dict[str, Any],
        *,
        is_strict: bool,
    ) -> list[Answer]:
        if not checks:
            return []
        suite = self._gx_suite(checks, is_strict)
        try:
            validator = self._validator(relation)
            validator.result_format = result_format
            results = validator.validate_expectation_suite(suite).results
        except Exception as error:
            # Whatever a library between us and our own connection raises.
            raise self._failure(str(error) or type(error).__name__) from error
        answers: dict[int, Answer] = {}
        for result in results:
            at = int(result.expectation_config.meta["at"])
            problem = None if result.success else _exception_text(result.exception_info)
            if problem:
                raise self._failure(problem, checks[at])
            answers[at] = Answer(bool(result.success), dict(result.result or {}))
        return [answers[at] for at in range(len(checks))]

    def _validator(self, relation: str) -> Any:
        """Return the validator of a relation that exists now: the library looks for it, once."""
        if relation not in self._validators:
            asset = self._library.source(self._conn).add_table_asset(relation, table_name=relation)
            whole = asset.add_batch_definition_whole_table("current")
            # batch.validate() makes one of these each time, which doubles the cost of a small file.
            v1 = importlib.import_module("great_expectations.validator.v1_validator")
            self._validators[relation] = v1.Validator(batch_definition=whole)
        return self._validators[relation]

    def _gx_suite(self, checks: Sequence[Check], is_strict: bool) -> Any:
        key = (is_strict, *(id(check) for check in checks))
        if key not in self._suites:
            gx = self._library.get()
            made = [
                expectation(gx, check, at, self._suite, is_strict=is_strict)
                for at, check in enumerate(checks)
            ]
            name = f"{self._table.identifier}_{len(self._suites)}"
            self._suites[key] = gx.ExpectationSuite(name=name, expectations=made)
        return self._suites[key]

    def _failure(self, reason: str, check: Check | None = None) -> ClienteleError:
        if check:
            return UsageError(
                f"{self._suite.where(check.number)} could not run on {self._table.relation}: "
                f"{shortened(reason, 200)}; nothing was loaded"
            )
        return ClienteleError(
            f"the checks of {self._table.relation} could not run ({shortened(reason)}), so "
            "nothing was loaded; reinstall from requirements.lock"
        )


def expectation(gx: Any, check: Check, at: int, suite: Suite, *, is_strict: bool = False) -> Any:
    """Return a check as an object of Great Expectations that knows its position.

    Args:
        gx: the library.
        check: of a suite.
        at: position among the checks that run together.
        suite: where the check is written, for messages.
        is_strict: without the tolerance of a suite's entry.

    Raises:
        UsageError: the library does not know the expectation, or does not take its arguments.
    """
    kwargs = dict(check.kwargs)
    if is_strict:
        kwargs.pop("mostly", None)
    try:
        return getattr(gx.expectations, check.name)(**kwargs, meta={"at": at})
    except AttributeError as error:
        raise UsageError(
            f"{suite.where(check.number)}: Great Expectations has no such expectation"
        ) from error
    except (TypeError, ValueError) as error:
        reason = shortened(_arguments_text(error), 200)
        raise UsageError(f"{suite.where(check.number)}: {reason}") from error


def _arguments_text(error: Exception) -> str:
    """Return which arguments pydantic, of whatever version the library uses, did not take."""
    found = error.errors() if hasattr(error, "errors") else []
    said = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in found]
    return "; ".join(said) or str(error)


def _exception_text(info: Any) -> str | None:
    """Great Expectations reports one exception, or a mapping of them by metric."""
    entries = [info, *info.values()] if isinstance(info, dict) else []
    for entry in entries:
        if isinstance(entry, dict) and entry.get("raised_exception"):
            return str(entry.get("exception_message") or "no reason given")
    return None
