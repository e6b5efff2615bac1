"""raw.batch_checks and raw.batch_statistics: what the gates found, in the batch's transaction."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import execute_values

from ingest import ledger
from ingest.gates.checks import CheckResult
from ingest.gates.drift import History
from ingest.gates.statistics import Statistic

TABLES = ("batch_checks", "batch_statistics", "forgotten_accounts")

_CHECKS = """
insert into raw.batch_checks (
    batch_id, check_number, source_name, table_name, check_kind, check_name, column_name, severity,
    success, observed, threshold, unexpected_count, unexpected_percent, sample_values, is_sampled,
    checked_at
) values %s
"""
_STATISTICS = """
insert into raw.batch_statistics (
    batch_id, source_name, table_name, column_name, statistic, category, statistic_value, is_sampled
) values %s
"""
# A ledger that somebody emptied counts from 1 again: what stands under the number is about rows
# that are gone.
_FORGET = "delete from raw.{table} where batch_id = %s"
# Batches from before there were statistics have none, and are not counted.
_EARLIER = """
with earlier as (
    select s.batch_id
    from raw.batch_statistics as s
    join raw.load_batches as b on b.batch_id = s.batch_id and b.state = 'loaded'
    where s.source_name = %s and s.table_name = %s and s.statistic = 'row_count'
    order by s.batch_id desc limit %s
)
select s.column_name, s.statistic, s.statistic_value
from raw.batch_statistics as s join earlier as e on e.batch_id = s.batch_id
where s.statistic <> 'category_share'
"""
_UNKNOWN = """
select c.column_name, c.category
from (values %s) as c (source_name, table_name, column_name, category)
where not exists (
    select from raw.batch_statistics as s
    where s.source_name = c.source_name and s.table_name = c.table_name
        and s.column_name = c.column_name and s.category = c.category
        and s.statistic = 'category_share'
)
"""


def missing_tables(cursor: Cursor) -> list[str]:
    """Return those of our tables that dbt has not made yet."""
    cursor.execute(
        "select name from unnest(%s) as name where to_regclass('raw.' || name) is null",
        (list(TABLES),),
    )
    return [f"raw.{name}" for (name,) in cursor.fetchall()]


def read_history(
    cursor: Cursor, source_name: str, table_name: str, current: Sequence[Statistic], last: int
) -> History:
    """Return what is known of the newest batches of a table and shop before the current one.

    Args:
        cursor: of the transaction that has not written its own statistics yet.
        source_name: the shop, as in the ledger.
        table_name: the table in schema raw.
        current: statistics of the current batch, for its categories.
        last: so many batches are compared with.
    """
    key = (source_name, table_name)
    cursor.execute(_EARLIER, (*key, last))
    found = [Statistic(column, name, "", value) for column, name, value in cursor.fetchall()]
    batch_count = sum(item.statistic == "row_count" for item in found)
    categories = [
        (*key, item.column_name, item.category)
        for item in current
        if item.statistic == "category_share"
    ]
    unknown = execute_values(cursor, _UNKNOWN, categories, fetch=True) if categories else []
    return History(batch_count, tuple(found), frozenset((row[0], row[1]) for row in unknown))


def write_checks(
    cursor: Cursor,
    batch_id: int,
    attempt: ledger.Attempt,
    results: Sequence[CheckResult],
) -> None:
    """Write the results about a batch, loaded or refused."""
    now = ledger.utc_now()
    rows = [
        (
            *(batch_id, number, attempt.source_name, attempt.table_name),
            *(result.check_kind, result.check_name, result.column_name, result.severity),
            *(result.success, result.observed, result.threshold),
            *(result.unexpected_count, result.unexpected_percent, result.sample_values),
            *(result.is_sampled, now),
        )
        for number, result in enumerate(results, start=1)
    ]
    cursor.execute(_FORGET.format(table="batch_checks"), (batch_id,))
    if rows:
        execute_values(cursor, _CHECKS, rows, page_size=len(rows))


def write_statistics(
    cursor: Cursor,
    batch_id: int,
    attempt: ledger.Attempt,
    found: Sequence[Statistic],
    *,
    is_sampled: bool,
) -> None:
    """Write the statistics of a loaded batch, with which later ones are compared."""
    rows = [
        (
            *(batch_id, attempt.source_name, attempt.table_name, item.column_name),
            *(item.statistic, item.category, item.value),
            is_sampled and item.statistic != "row_count",
        )
        for item in found
    ]
    cursor.execute(_FORGET.format(table="batch_statistics"), (batch_id,))
    if rows:
        execute_values(cursor, _STATISTICS, rows, page_size=len(rows))
