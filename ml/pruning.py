"""Which past scores are still read by something, and dropping the others.

A shop is scored every day, and every day is kept: that is 36 MB a day for the 4,300 customers of
Online Retail. Histories and outcomes look at few of these days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from psycopg2 import sql

from ml import store
from ml.store import ScoringRun
from warehouse.connect import connect
from warehouse.settings import Settings


@dataclass(frozen=True)
class Pruned:
    """What was dropped, or would be, of the scores of one shop in one table."""

    table: str
    source_name: str
    run_count: int
    """Runs that there were."""
    dropped_run_count: int
    dropped_row_count: int


def runs_to_keep(runs: Sequence[ScoringRun], keep_days: int) -> set[str]:
    """Return the ids of the runs that something reads.

    Kept are, besides all days of the last `keep_days` before the newest one: the day that was in
    force when a month began, which histories of customers tell; and of each version the first day
    of a month, which is held against what happened (var performance_days at `monthly`). Of a day
    that was scored twice the newest run counts, as everywhere.

    Args:
        runs: of one shop, oldest first by the time they were made.
        keep_days: days before the newest scored day of which everything stays.
    """
    if not runs:
        return set()
    newest = {run.as_of_date: run.run_id for run in runs}
    by_version = {(run.model_version, run.as_of_date): run.run_id for run in runs}
    border = max(newest) - timedelta(days=keep_days)
    kept = {run.run_id for run in runs if run.as_of_date >= border} | {runs[-1].run_id}
    in_force: dict[date, date] = {}
    for day in sorted(newest):
        # A later day of the same span up to the next first of a month takes its place.
        in_force[_next_month_start(day)] = day
    kept |= {newest[day] for day in in_force.values()}
    first: dict[tuple[str, date], date] = {}
    for version, day in sorted(by_version):
        first.setdefault((version, day.replace(day=1)), day)
    return kept | {by_version[version, day] for (version, _), day in first.items()}


def prune(
    settings: Settings, tables: Sequence[str], keep_days: int, dry_run: bool = False
) -> list[Pruned]:
    """Drop the runs of tables of scores that nothing reads; each table in one transaction.

    Args:
        settings: the database.
        tables: tables of scores.
        keep_days: see `runs_to_keep`.
        dry_run: only say what would be dropped.

    Returns:
        One row per table and shop that has scores.
    """
    found = []
    for table in tables:
        with connect(settings) as conn:
            for source in store.scored_sources(conn, table):
                runs = store.scoring_runs(conn, table, source)
                kept = runs_to_keep(runs, keep_days)
                dropped = [run.run_id for run in runs if run.run_id not in kept]
                act = store.count_runs if dry_run else store.drop_runs
                rows = act(conn, table, source, dropped) if dropped else 0
                found.append(Pruned(table, source, len(runs), len(dropped), rows))
        if not dry_run and any(each.table == table and each.dropped_run_count for each in found):
            # The space is used again by later scores; it does not go back to the disk.
            with connect(settings, autocommit=True) as conn, conn.cursor() as cursor:
                name = sql.Identifier(*table.split("."))
                cursor.execute(sql.SQL("vacuum (analyze) {}").format(name))
    return found


def _next_month_start(day: date) -> date:
    """The first of a month on or after a day."""
    return day if day.day == 1 else (day.replace(day=1) + timedelta(days=32)).replace(day=1)
