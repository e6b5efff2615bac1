"""From what was counted, or an answer of Great Expectations, to the result of a check."""

from __future__ import annotations

from typing import Any

from ingest.contract import Table
from ingest.gates.checks import Check, CheckResult
from ingest.gates.runner import SHOWN_ROWS, Answer
from ingest.gates.statistics import Counts
from ingest.rules import MIN_ROWS, Rule
from ingest.text import plural, shortened

MAX_SAMPLE = 200


def of_rule(check: Check, counts: Counts) -> CheckResult:
    """Return the result of a check of the contract, which what was counted decides.

    Args:
        check: of the contract.
        counts: of the relation that is judged.
    """
    broken, among = _broken(check.rule, counts)
    if check.rule is None:
        is_met, observed = among >= MIN_ROWS, plural(among, "row")
    else:
        is_met = not among or (among - broken) / among >= check.rule.min_share
        observed = _share(broken, among)
    return CheckResult(
        check_kind=check.kind,
        check_name=check.name,
        column_name=check.column_name,
        severity=check.severity,
        success=is_met,
        observed=observed,
        threshold=check.threshold,
        unexpected_count=broken,
        unexpected_percent=_percent(broken, among),
        message="" if is_met else f"the batch has only {plural(among, 'row')}",
    )


def _broken(rule: Rule | None, counts: Counts) -> tuple[int, int]:
    """Return how many rows break a rule, and of how many."""
    if rule is None:
        return 0, counts.rows
    name = rule.column.name
    if rule.kind == "filled":
        return counts.blank[name], counts.rows
    return counts.invalid[name], counts.filled(name)


def of_answer(table: Table, check: Check, answer: Answer) -> CheckResult:
    """Return the result of a check of the suite.

    Args:
        table: what was checked.
        check: of the suite.
        answer: of Great Expectations.
    """
    result = answer.result
    # Where no row broke a check of rows there is nothing more to tell.
    broken = 0 if not result else result.get("unexpected_count")
    # Distinct values are counted without saying of how many.
    among = result.get("element_count") if result else 0
    if among is not None:
        among = int(among) - int(result.get("missing_count") or 0)
    # Of a column without a single value there is no mean to be wrong.
    is_empty = not answer.success and broken is None and result.get("observed_value") is None
    success = None if is_empty else answer.success
    observed = "no values to judge by" if is_empty else _found(check, answer, broken, among)
    return CheckResult(
        check_kind=check.kind,
        check_name=check.name,
        column_name=check.column_name,
        severity=check.severity,
        success=success,
        observed=observed,
        threshold=check.threshold,
        unexpected_count=broken,
        unexpected_percent=_percent(broken, among),
        sample_values=None if check.is_hidden else _sample(answer),
        message="" if success is not False else _message(table, check, answer, observed),
    )


def _percent(broken: int | None, among: int | None) -> float | None:
    return None if broken is None or among is None else 100 * broken / max(1, among)


def _found(check: Check, answer: Answer, broken: int | None, among: int | None) -> str:
    if broken is None:
        return _observed(check, answer)
    return f"not met by {plural(broken, 'value')}" if among is None else _share(broken, among)


def _share(broken: int, among: int) -> str:
    if not broken:
        return "met by all"
    # Rounded down, so that one good value in a thousand does not read as none.
    percent = 100 * broken / max(1, among)
    share = f"{percent:.2g}%" if percent < 1 else f"{int(percent)}%"
    return f"not met by {share} of {plural(among, 'value')}"


def _observed(check: Check, answer: Answer) -> str:
    value = answer.result.get("observed_value")
    if value is None:
        return "met" if answer.success else "not met"
    if check.is_hidden and not isinstance(value, int | float):
        return "not shown: personal data"
    return shortened(_plain(value), MAX_SAMPLE)


def _sample(answer: Answer) -> str | None:
    return shortened("; ".join(_rows(answer, is_hidden=False)), MAX_SAMPLE) or None


def _rows(answer: Answer, is_hidden: bool) -> list[str]:
    """Return the first rows that break a check, or the first values where rows are not known."""
    rows = answer.result.get("partial_unexpected_index_list") or []
    if rows or is_hidden:
        return [_row(row, is_hidden) for row in rows]
    values = answer.result.get("partial_unexpected_list") or []
    return [f"'{shortened(_plain(value))}'" for value in values[:SHOWN_ROWS]]


def _message(table: Table, check: Check, answer: Answer, observed: str) -> str:
    headers = {column.name: column.header for column in table.columns}
    named = [headers[name] for name in check.column_name.split(", ") if name]
    subject = f"column {named[0]}" if len(named) == 1 else f"columns {', '.join(named)}"
    shown = ", ".join(_rows(answer, check.is_hidden))
    where = f" ({shown})" if shown else ""
    remedy = check.remedy or "check the export"
    return (
        f"{subject if named else 'the batch'}: {check.name} ({check.threshold}) {observed}{where}; "
        f"{remedy}"
    )


def _row(row: dict[str, Any], is_hidden: bool) -> str:
    number = f"row {row.get('_row_number')}"
    if is_hidden:
        return number
    values = [_plain(value) for name, value in row.items() if name != "_row_number"]
    return f"{number}: " + " and ".join(f"'{shortened(value)}'" for value in values)


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.6g}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
