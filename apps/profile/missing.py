"""Which columns are missing together, counted in the database over every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.profile.catalogue import Relation, quoted
from warehouse.bulk import read_arrow
from warehouse.settings import Settings

MOST_PATTERNS = 12

PATTERNS = """
with marked as (select {pattern} as pattern, count(*) as n from {relation} as t group by 1)

select pattern, n, count(*) over () as pattern_count
from marked order by n desc, pattern limit {limit}
"""


@dataclass(frozen=True)
class Pattern:
    """Rows in which exactly these columns have no value."""

    columns: tuple[str, ...]
    row_count: int


@dataclass(frozen=True)
class Missing:
    """The most frequent patterns of missing values, and how many there are in all."""

    patterns: list[Pattern]
    pattern_count: int


def read_missing(settings: Settings, relation: Relation, names: Sequence[str]) -> Missing:
    """Return which of these columns are missing together, most frequent first.

    Args:
        settings: as from `warehouse.connect.ensure_server`.
        relation: the table.
        names: columns with missing and with present values; others would add nothing.
    """
    if not names:
        return Missing([], 0)
    marks = [f"case when t.{quoted(name)} is null then '1' else '0' end" for name in names]
    query = PATTERNS.format(pattern=" || ".join(marks), relation=relation.sql, limit=MOST_PATTERNS)
    rows = read_arrow(settings, query).to_pylist()
    patterns = [
        Pattern(
            tuple(name for name, bit in zip(names, row["pattern"], strict=True) if bit == "1"),
            row["n"],
        )
        for row in rows
    ]
    return Missing(patterns, rows[0]["pattern_count"] if rows else 0)
