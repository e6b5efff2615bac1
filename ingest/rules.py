"""What the contract implies about a batch, and how to say that it is not so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from ingest.contract import Column, Table
from ingest.text import plural, shortened
from ingest.value_patterns import PATTERNS, PLURALS, REMEDIES

MIN_ROWS = 1
# A required column that is mostly blank was exported wrongly; below that, staging rejects the rows.
MIN_FILLED_SHARE = 0.5
# A column most of whose values are of another type is another column, or in another notation.
MIN_VALID_SHARE = 0.5
SHOWN_ROWS = 3

_COUNT = sql.SQL(
    "select count(*) filter (where {among}), count(*) filter (where {bad}) from {view}"
)
_SHOW = sql.SQL(
    "select _row_number, {value} from {view} where {bad} order by _row_number limit {limit}"
)


@dataclass(frozen=True)
class Rule:
    """One expectation about one column."""

    column: Column
    kind: Literal["filled", "valid"]
    """filled: not blank. valid: what is not blank looks like the declared type."""
    min_share: float
    is_own: bool = False
    """The threshold was written down for this column: a sample does not decide it."""

    @property
    def pattern(self) -> str:
        """The regular expression of the declared type."""
        return PATTERNS[self.column.type]


@dataclass(frozen=True)
class Offence:
    """The rows that break a rule."""

    among: int
    """So many rows the rule speaks of."""
    bad: int
    rows: list[tuple[int, str | None]]
    """Number and value of the first ones."""

    def sample(self, is_hidden: bool) -> str | None:
        """Return the first rows with their values, for the record; None for personal data."""
        shown = [f"row {number}: '{shortened(value or '')}'" for number, value in self.rows]
        return None if is_hidden else "; ".join(shown) or None

    @property
    def share(self) -> str:
        """Rounded down, so that one good value in a thousand does not read as none."""
        return f"{100 * self.bad // max(1, self.among)}%"


def rules(table: Table) -> list[Rule]:
    """Return the rules of a table's columns, those about blanks first."""
    filled = [Rule(c, "filled", MIN_FILLED_SHARE) for c in table.columns if c.required]
    valid = [_valid(column) for column in table.columns if column.type in PATTERNS]
    return filled + valid


def _valid(column: Column) -> Rule:
    if column.min_valid_share is None:
        return Rule(column, "valid", MIN_VALID_SHARE)
    return Rule(column, "valid", column.min_valid_share, is_own=True)


def offence(cursor: Cursor, view: str, rule: Rule) -> Offence:
    """Count the rows of the batch behind `view` that break a rule, and fetch the first."""
    value = sql.Identifier(rule.column.name)
    bad: sql.Composable = sql.SQL("{} is null").format(value)
    among: sql.Composable = sql.SQL("true")
    if rule.kind == "valid":
        bad = sql.SQL("{} !~ {}").format(value, sql.Literal(rule.pattern))
        among = sql.SQL("{} is not null").format(value)
    names = {"view": sql.Identifier(view), "bad": bad, "among": among, "value": value}
    cursor.execute(_COUNT.format(**names))
    counted, broken = cursor.fetchone() or (0, 0)
    cursor.execute(_SHOW.format(**names, limit=sql.Literal(SHOWN_ROWS)))
    return Offence(counted, broken, [(row[0], row[1]) for row in cursor.fetchall()])


def explain(rule: Rule, found: Offence, *, is_hidden: bool = False) -> str:
    """Return how a batch breaks a rule, with its first rows and a remedy.

    Args:
        rule: what is broken.
        found: by which rows.
        is_hidden: the values are personal data and are left out.
    """
    column = rule.column
    if rule.kind == "filled":
        numbers = ", ".join(str(number) for number, _ in found.rows)
        return (
            f"column {column.header} must be filled, but {found.share} of "
            f"{plural(found.among, 'row')} leave it blank (rows {numbers}); check the export"
        )
    shown = ", ".join(
        f"row {number}" if is_hidden else f"row {number}: '{shortened(value or '')}'"
        for number, value in found.rows
    )
    return (
        f"column {column.header} should hold {PLURALS[column.type]}, but {found.share} of "
        f"{plural(found.among, 'value')} do not ({shown}); {REMEDIES[column.type]}, "
        "and check that no columns were swapped"
    )
