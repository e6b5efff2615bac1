"""Rows that a changed rule takes back in, or newly leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from psycopg2.extensions import cursor as Cursor

from ingest.contract import known_sources, load_contract
from ingest.text import plural
from orchestration.job import Job
from warehouse.connect import connect
from warehouse.errors import UsageError

_BUILT = "select to_regclass('staging.staging_rejects') is not null"
# Temporary tables of one session outlive its transactions, and dbt works on a session of its own.
_KEEP = """
create temporary table readmit_before as
select table_name, _batch_id, _row_number, reject_reason
from staging.staging_rejects where table_name = any(%s)
"""
_BASES = """
select c.relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where n.nspname = 'staging' and c.relname = any(%s)
"""
_KEEP_BATCHES = "create temporary table readmit_batches (table_name text, _batch_id bigint)"
_ADD_BATCHES = """
insert into readmit_batches select distinct %s, _batch_id from staging.{base}
"""
_AFTER = """
create temporary table readmit_after as
select r.table_name, r._batch_id, r._row_number, r.reject_reason
from staging.staging_rejects as r
join readmit_batches as b on b.table_name = r.table_name and b._batch_id = r._batch_id
where r.table_name = any(%s)
"""
_COMPARE = """
select coalesce(b.table_name, a.table_name), b.reject_reason, a.reject_reason, count(*)
from readmit_before as b
full join readmit_after as a
    on a.table_name = b.table_name and a._batch_id = b._batch_id
    and a._row_number = b._row_number
where a.reject_reason is distinct from b.reject_reason
group by 1, 2, 3 order by 1, 4 desc, 2, 3
"""


@dataclass(frozen=True)
class Readmission:
    """How rejects changed, counted by table and reason."""

    came_back: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Rows that are staged now, by the reason for which they were not."""
    newly_rejected: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Rows that were staged, by the reason for which they are not any more."""
    other_reason: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Rows that are rejected still, for another reason: by the reason now."""

    def lines(self) -> list[str]:
        """Return it in words, a line each."""
        said = []
        for what, found in (
            ("came back", self.came_back),
            ("newly rejected", self.newly_rejected),
            ("rejected for another reason now", self.other_reason),
        ):
            said.append(f"{plural(sum(found.values()), 'row')} {what}")
            said += [
                f"  {number:,} of {table}: {reason}"
                for (table, reason), number in found.most_common()
            ]
        return said


def readmit(job: Job, source: str | None = None) -> Readmission:
    """Build what stands on the rules of a source again, and compare its rejects with before.

    Rows are compared by table, batch and row number. Batches that were never built before are
    left out: their rows neither came back nor were they ever staged.

    Args:
        job: a running job.
        source: as named in the sources YAML; None for all.

    Raises:
        UsageError: no such source, or nothing is built yet.
        ClienteleError: a model or test fails; the tables may then be half new.
    """
    project = job.settings.project_dir
    names = [source] if source else known_sources(project)
    tables = [table.identifier for name in names for table in load_contract(project, name).tables]
    with connect(job.settings, autocommit=True) as conn, conn.cursor() as cursor:
        _remember(cursor, tables)
        job.build("Rebuilding", ["--select", *(f"+path:models/staging/{name}+" for name in names)])
        cursor.execute(_AFTER, (tables,))
        cursor.execute(_COMPARE)
        return _counted(cursor.fetchall())


def _remember(cursor: Cursor, tables: Sequence[str]) -> None:
    cursor.execute(_BUILT)
    if not (cursor.fetchone() or (False,))[0]:
        raise UsageError("nothing is built yet, so nothing was rejected: run 'clientele build'")
    cursor.execute(_KEEP, (tables,))
    cursor.execute(_KEEP_BATCHES)
    bases = {f"base_{table}": table for table in tables}
    cursor.execute(_BASES, (list(bases),))
    for (base,) in cursor.fetchall():
        cursor.execute(_ADD_BATCHES.format(base=base), (bases[base],))


def _counted(rows: Sequence[tuple[str, str | None, str | None, int]]) -> Readmission:
    found = Readmission()
    for table, before, after, number in rows:
        if after is None:
            found.came_back[table, before or ""] += number
        elif before is None:
            found.newly_rejected[table, after] += number
        else:
            found.other_reason[table, after] += number
    return found
