"""Rows that a changed rule takes back in, or newly leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from psycopg2.extensions import cursor as Cursor

from ingest.contract import known_sources, load_contract
from ingest.text import plural
from orchestration.job import Job
from warehouse.connect import connect
from warehouse.errors import UsageError

# The base tables and not staging_rejects: a build that failed half-way leaves that view behind.
_BASES = """
select c.relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where n.nspname = 'staging' and c.relkind = 'r' and c.relname = any(%s) order by c.relname
"""
# Temporary tables of one session outlive its transactions, and dbt works on a session of its own.
_MAKE = """
create temporary table readmit_batches (table_name text, _batch_id bigint);
create temporary table readmit_before (
    table_name text, _batch_id bigint, _row_number bigint, reject_reason text
);
create temporary table readmit_after (like readmit_before)
"""
_KEEP_BATCHES = "insert into readmit_batches select distinct %s, _batch_id from staging.{base}"
_KEEP = """
insert into readmit_{when}
select b.table_name, r._batch_id, r._row_number, r.reject_reason
from staging.{base} as r
join readmit_batches as b on b._batch_id = r._batch_id and b.table_name = %s
where r.reject_reason is not null
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
        built = _built(cursor, tables)
        cursor.execute(_MAKE)
        for base, table in built.items():
            cursor.execute(_KEEP_BATCHES.format(base=base), (table,))
        _keep(cursor, "before", built)
        job.build("Rebuilding", ["--select", *(f"+path:models/staging/{name}+" for name in names)])
        _keep(cursor, "after", built)
        cursor.execute(_COMPARE)
        return _counted(cursor.fetchall())


def _built(cursor: Cursor, tables: Sequence[str]) -> dict[str, str]:
    """Return the base tables that there are, and the raw table that each is about."""
    of_base = {f"base_{table}": table for table in tables}
    cursor.execute(_BASES, (list(of_base),))
    found = {base: of_base[base] for (base,) in cursor.fetchall()}
    if not found:
        raise UsageError("nothing is built yet, so nothing was rejected: run 'clientele build'")
    return found


def _keep(cursor: Cursor, when: str, built: Mapping[str, str]) -> None:
    for base, table in built.items():
        cursor.execute(_KEEP.format(when=when, base=base), (table,))


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
