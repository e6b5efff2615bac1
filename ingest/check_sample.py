"""A random sample of a big batch, taken once into a temporary table for all of the checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from ingest.contract import SCHEMA, Table

# Near the threshold of a half, the share in such a sample is off by 1.5 points once in 400 times.
SAMPLE_ROWS = 10_000
# Neighbours in a file are alike, and a page holds neighbours: one row in four of four times the
# pages. Where whole stretches of the file are bad, the share is then off by some four points.
SPREAD = 4
SMALLEST_BATCH = 2 * SAMPLE_ROWS

# Settings are read in subqueries, since Postgres would otherwise read them again for every row.
OF_THE_BATCH = sql.SQL("_batch_id = (select current_setting('clientele.batch_id')::bigint)")
_TAKE = sql.SQL(
    "create temporary table {sample} on commit drop as select {columns} from {table} {pages} "
    "where {of_the_batch} and mod(hashint8(_row_number), {stride}) = 0"
)
_PAGES = sql.SQL("tablesample system ({})")


@dataclass(frozen=True)
class SamplePlan:
    """Which rows of the table are looked at."""

    percent: float | None
    """Of the table's pages; None is all rows of the batch by way of the index."""
    stride: int
    """Of the rows found, one in so many is kept."""


def plan_sample(row_count: int, bytes_before: int, bytes_after: int) -> SamplePlan:
    """Return how to find about SAMPLE_ROWS rows of a batch by reading the least.

    Args:
        row_count: rows of the batch, at least SMALLEST_BATCH.
        bytes_before: size of the table without the batch.
        bytes_after: its size with the batch.
    """
    spread = min(SPREAD, row_count // SAMPLE_ROWS)
    share = min(1.0, SAMPLE_ROWS * spread / row_count)
    # Pages are drawn from the whole table: from one much bigger than the batch that is too many.
    if share * bytes_after > bytes_after - bytes_before:
        return SamplePlan(None, row_count // SAMPLE_ROWS)
    return SamplePlan(100 * share, spread)


def take_sample(
    cursor: Cursor, table: Table, name: str, columns: Sequence[sql.Composable], plan: SamplePlan
) -> int:
    """Store a sample of the current batch in a table of this transaction; return its rows."""
    pages = sql.SQL("") if plan.percent is None else _PAGES.format(sql.Literal(plan.percent))
    statement = _TAKE.format(
        sample=sql.Identifier(name),
        columns=sql.SQL(", ").join(columns),
        table=sql.Identifier(SCHEMA, table.identifier),
        pages=pages,
        of_the_batch=OF_THE_BATCH,
        stride=sql.Literal(plan.stride),
    )
    cursor.execute(statement)
    return int(cursor.rowcount)
