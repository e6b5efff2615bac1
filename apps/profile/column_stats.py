"""Exact figures of each column, computed in the database over every row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from apps.profile.catalogue import Column, Relation, quoted
from apps.profile.personal import EMAIL_PATTERN

TOP_VALUES = 5
SHOWN_LENGTH = 80
RARE_SHARE = 0.001

# Grouping first makes the exact distinct count one hash and no sort, and the most frequent values
# come with it.
COUNTS = """
with counted as (select {value} as v, count(*) as n from {relation} as t group by 1)

select
    cast(coalesce(sum(n), 0) as bigint) as row_count,
    cast(coalesce(sum(n) filter (where v is null), 0) as bigint) as missing,
    count(v) as distinct_count
    {more}
from counted
"""
LENGTHS = """,
    min(length(v)) as min_length,
    max(length(v)) as max_length,
    cast(sum(cast(length(v) as bigint) * n) / nullif(sum(n) filter (where v is not null), 0)
        as double precision) as mean_length,
    cast(coalesce(sum(n) filter (where btrim(v) = ''), 0) as bigint) as blank,
    cast(coalesce(sum(n) filter (where v like '%@%' and v ~* '{email}'), 0) as bigint) as emails"""
RANGE = """,
    cast(min(v) as text) as lowest,
    cast(max(v) as text) as highest"""
TOP = """,
    (
        select json_agg(json_build_array(left(cast(v as text), {length}), n))
        from (
            select v, n from counted where v is not null order by n desc, v limit {limit}
        ) as most
    ) as top_values"""


@dataclass(frozen=True)
class ColumnStats:
    """Figures of one column; those of values are None where the values must not be seen."""

    row_count: int
    missing: int
    distinct_count: int
    min_length: int | None = None
    max_length: int | None = None
    mean_length: float | None = None
    blank: int = 0
    emails: int = 0
    lowest: str | None = None
    highest: str | None = None
    top_values: list[tuple[str, int]] = field(default_factory=list)

    @property
    def present(self) -> int:
        """Rows with a value."""
        return self.row_count - self.missing

    @property
    def missing_share(self) -> float:
        """Share of the rows without a value, 0 in an empty table."""
        return self.missing / self.row_count if self.row_count else 0.0

    @property
    def has_favourites(self) -> bool:
        """Whether a value is frequent enough to be worth naming."""
        return bool(self.top_values) and self.top_values[0][1] >= RARE_SHARE * self.row_count

    @property
    def is_empty(self) -> bool:
        """Whether there are rows and none has a value."""
        return self.row_count > 0 and self.present == 0

    @property
    def is_constant(self) -> bool:
        """Whether all values that are there are the same, in more than one row."""
        return self.distinct_count == 1 and self.present > 1

    @property
    def is_unique(self) -> bool:
        """Whether no two rows share a value."""
        return 0 < self.present == self.distinct_count


def comparable(column: Column) -> str:
    """Return SQL for the column's value in a form that can be grouped, counted and ordered."""
    name = f"t.{quoted(column.name)}"
    # json, xml and geometric types know no equality; uuid is shown as text anyway.
    is_text = column.kind == "other" or column.base_type in ("uuid", "name", "bpchar")
    return f"cast({name} as text)" if is_text else name


def stats_query(relation: Relation, column: Column, values: bool) -> str:
    """Return SQL for the figures of one column; without `values` only counts and lengths."""
    return COUNTS.format(
        value=comparable(column), relation=relation.sql, more=_more(column, values)
    )


def stats_of(column: Column, row: dict[str, Any]) -> ColumnStats:
    """Return the figures from the row that `stats_query` gives."""
    short = _short_number if column.kind == "number" else str
    top = [(short(value), int(count)) for value, count in row.pop("top_values", None) or []]
    for name in ("lowest", "highest"):
        row[name] = short(row[name]) if row.get(name) is not None else None
    return ColumnStats(**row, top_values=top)


def _short_number(text: str) -> str:
    """Leave out the zeros that numeric(18, 4) writes behind every number."""
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def _more(column: Column, values: bool) -> str:
    is_text = column.kind in ("text", "other")
    parts = [LENGTHS.format(email=EMAIL_PATTERN.replace("'", "''"))] if is_text else []
    if values:
        parts.append(TOP.format(length=SHOWN_LENGTH, limit=TOP_VALUES))
        if column.kind in ("number", "date", "timestamp"):
            parts.append(RANGE)
    return "".join(parts)
