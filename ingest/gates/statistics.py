"""What a batch looks like in numbers: computed in the database, kept for the batches after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from ingest.contract import Table
from ingest.gates.checks import typed_name
from ingest.gates.limits import DriftLimits
from ingest.value_patterns import PATTERNS

MAX_CATEGORIES = 50
MAX_CATEGORY_LENGTH = 200

Name = Literal["row_count", "null_share", "invalid_share", "amount_level", "category_share"]

_BLANK = "count(*) - count({column})"
_INVALID = "count(*) filter (where {column} !~ {pattern})"
# Of logarithms, so that a doubled price is the same step everywhere and one piano changes nothing.
_LEVEL = "avg(ln({typed})) filter (where {typed} > 0)"
_CATEGORIES = (
    "(select {name} as column_name, left({column}, {length}), count(*) from {relation} "
    "where {column} is not null group by {column} order by 3 desc, 2 limit {limit})"
)


@dataclass(frozen=True)
class Statistic:
    """One number about a batch: a row of raw.batch_statistics."""

    column_name: str
    """Empty for the whole batch."""
    statistic: Name
    category: str
    """Of a category_share: which category. Else empty."""
    value: float


@dataclass(frozen=True)
class Counts:
    """What was counted in a relation, sample or not."""

    rows: int
    blank: dict[str, int]
    invalid: dict[str, int]
    """Of columns with a type: filled values that do not look like it."""
    levels: dict[str, float]
    """Of amounts with positive values: the mean of their logarithms."""
    categories: dict[str, dict[str, int]]

    def filled(self, column: str) -> int:
        """Return the number of rows that fill a column."""
        return self.rows - self.blank[column]


def count(cursor: Cursor, relation: str, table: Table, limits: DriftLimits) -> Counts:
    """Count a relation of the checks in one pass, and once more for the categories."""
    typed = [column.name for column in table.columns if column.type in PATTERNS]
    parts: list[sql.Composable] = [sql.SQL("count(*)")]
    for column in table.columns:
        parts.append(sql.SQL(_BLANK).format(column=sql.Identifier(column.name)))
    for column in table.columns:
        if column.type in PATTERNS:
            pattern = sql.Literal(PATTERNS[column.type])
            name = sql.Identifier(column.name)
            parts.append(sql.SQL(_INVALID).format(column=name, pattern=pattern))
    for amount in limits.amounts:
        parts.append(sql.SQL(_LEVEL).format(typed=sql.Identifier(typed_name(amount))))
    query = sql.SQL("select {} from {}")
    cursor.execute(query.format(sql.SQL(", ").join(parts), sql.Identifier(relation)))
    rows, *values = cursor.fetchone() or (0,)
    found = iter(values)
    blank = {column.name: int(next(found)) for column in table.columns}
    invalid = {name: int(next(found)) for name in typed}
    levels = {name: level for name in limits.amounts if (level := next(found)) is not None}
    return Counts(
        rows=int(rows),
        blank=blank,
        invalid=invalid,
        levels={name: float(level) for name, level in levels.items()},
        categories=_categories(cursor, relation, limits),
    )


def _categories(cursor: Cursor, relation: str, limits: DriftLimits) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {name: {} for name in limits.categories}
    if not found:
        return found
    each = [
        sql.SQL(_CATEGORIES).format(
            name=sql.Literal(name),
            column=sql.Identifier(name),
            relation=sql.Identifier(relation),
            length=sql.Literal(MAX_CATEGORY_LENGTH),
            limit=sql.Literal(MAX_CATEGORIES),
        )
        for name in limits.categories
    ]
    cursor.execute(sql.SQL(" union all ").join(each))
    for name, category, number in cursor.fetchall():
        found[name][category] = found[name].get(category, 0) + int(number)
    return found


def describe(counts: Counts, row_count: int) -> list[Statistic]:
    """Return the statistics of a batch.

    Args:
        counts: of the batch or of a sample of it.
        row_count: rows of the whole batch.
    """
    found = [Statistic("", "row_count", "", float(row_count))]
    for name, blank in counts.blank.items():
        found.append(Statistic(name, "null_share", "", blank / max(1, counts.rows)))
    for name, invalid in counts.invalid.items():
        if counts.filled(name):
            found.append(Statistic(name, "invalid_share", "", invalid / counts.filled(name)))
    for name, level in counts.levels.items():
        found.append(Statistic(name, "amount_level", "", level))
    for name, categories in counts.categories.items():
        for category, number in categories.items():
            share = number / max(1, counts.rows)
            found.append(Statistic(name, "category_share", category, share))
    return found
