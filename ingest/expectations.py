"""The gates of a batch, in the transaction that is about to store it.

The rules of the contract ask whether a column is what it should be; single bad values pass here and
are rejected one by one in staging. A suite adds what its owners expect (`ingest/suites`), and the
statistics of the batch are compared with those of earlier ones. Importing Great Expectations takes
about five seconds and so happens in a thread of its own while COPY runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from psycopg2 import sql
from psycopg2.extensions import connection

from ingest.check_sample import OF_THE_BATCH, SMALLEST_BATCH, plan_sample, take_sample
from ingest.contract import SCHEMA, Table
from ingest.gates import drift, store
from ingest.gates.checks import Check, CheckResult, plan_checks, relation_columns
from ingest.gates.gx_import import Library
from ingest.gates.outcome import of_answer, of_rule
from ingest.gates.runner import Runner
from ingest.gates.statistics import Counts, Statistic, count, describe
from ingest.gates.suite import Suite
from ingest.rules import Rule, explain, offence
from ingest.text import plural

SHOWN_FAILURES = 3
# A table of a few times the batch is scanned as fast as its index is brought up to date.
SMALL_TABLE_BYTES = 400

# Without it every batch would scan all earlier ones: rows since the last vacuum are in no summary.
_SUMMARIZE = """
select brin_summarize_new_values(i.indexrelid)
from pg_index as i
join pg_class as c on c.oid = i.indexrelid
join pg_am as a on a.oid = c.relam
where i.indrelid = to_regclass(%s) and a.amname = 'brin' and pg_has_role(c.relowner, 'member')
    and pg_relation_size(i.indrelid) > %s
"""
_SIZE = "select pg_relation_size(to_regclass(%s))"
_VIEW = sql.SQL("create or replace temporary view {} as select {} from {} where {}")


@dataclass(frozen=True)
class Verdict:
    """What the gates say about a batch."""

    results: tuple[CheckResult, ...]
    statistics: tuple[Statistic, ...]
    is_sampled: bool
    """The statistics are those of a sample."""
    emptied: int = 0
    """Rows of forgotten customers, whose personal values were emptied."""

    @property
    def problem(self) -> str | None:
        """Why the batch is refused, with rows and a remedy; None where it is not."""
        broken = [r for r in self.results if r.is_broken and r.severity == "stop"]
        if not broken:
            return None
        said = [result.message for result in broken[:SHOWN_FAILURES]]
        if len(broken) > SHOWN_FAILURES:
            rest = dict.fromkeys(r.column_name or "the batch" for r in broken[SHOWN_FAILURES:])
            said.append(f"and more about {', '.join(rest)}")
        judged = sum(r.success is not None for r in self.results)
        return f"{'; '.join(said)} ({len(broken)} of {plural(judged, 'check')} failed)"

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is odd about a batch that is loaded all the same, a line each."""
        said = [r.message for r in self.results if r.is_broken and r.severity == "warn"]
        if self.emptied:
            said.append(
                f"{plural(self.emptied, 'row')} of customers who were forgotten; landed without "
                "customer number and personal values: take them out of the export"
            )
        return tuple(said)

    def without_values(self, table: Table, emptied: int) -> Verdict:
        """Return the same without examples of values: rows of the batch were emptied since."""
        personal = {column.name for column in table.columns if column.pii or column.customer}
        return replace(
            self,
            results=tuple(replace(result, sample_values=None) for result in self.results),
            statistics=tuple(
                found
                for found in self.statistics
                if not (found.category and found.column_name in personal)
            ),
            emptied=emptied,
        )


class BatchChecks:
    """The gates of one table, ready for batch after batch of one connection.

    The connection must be in autocommit mode with an explicit `begin` (see `Runner`). It must hold
    the number of the batch in the setting clientele.batch_id.
    """

    def __init__(self, conn: connection, table: Table, suite: Suite, library: Library) -> None:
        self._conn = conn
        self._table = table
        self._suite = suite
        self._library = library
        self._runner = Runner(conn, table, suite, library)
        self._view = f"clientele_check_{table.identifier}"[:63]
        self._sample = f"clientele_sample_{table.identifier}"[:63]
        self._checks = plan_checks(table, suite)
        self._bytes_before = 0
        self._is_summarized = False
        self._make_view()

    def before_copy(self) -> None:
        """Get ready while the file is copied.

        Great Expectations is imported where a suite needs it, and the size of the table tells
        `judge` the batch's share of it.
        """
        if self._suite.expectations:
            self._library.start()
        self._bytes_before = self._size()
        self._is_summarized = False

    def judge(self, row_count: int, source_name: str) -> Verdict:
        """Return what the gates say about the current batch.

        A big batch is judged by a random sample of its rows. All of them decide where the sample
        would refuse it, and on checks with a threshold of their own that can.

        Args:
            row_count: rows of the batch.
            source_name: the shop, as in the ledger; drift is measured against its batches.

        Raises:
            UsageError: the suite holds what Great Expectations does not accept.
            ClienteleError: the checks themselves could not run.
        """
        sampled = row_count >= SMALLEST_BATCH and self._take_sample(row_count)
        relation = self._sample if sampled else self._whole(row_count)
        counts = self._count(relation)
        if sampled:
            results = self._by_sample(row_count, counts)
        else:
            results = self._run(relation, self._checks, counts, is_sampled=False)
        statistics = describe(counts, row_count)
        results += self._drift(source_name, statistics, is_sampled=sampled)
        return Verdict(tuple(results), tuple(statistics), sampled)

    def _by_sample(self, row_count: int, counts: Counts) -> list[CheckResult]:
        quick = [check for check in self._checks if not check.is_exact]
        exact = [check for check in self._checks if check.is_exact]
        found = self._run(self._sample, quick, counts, is_sampled=True)
        if any(result.is_broken and result.severity == "stop" for result in found):
            # Nothing is refused by chance: every check that can do so is asked again, of all rows.
            exact = [check for check in self._checks if check.is_exact or check.severity == "stop"]
        kept = dict(zip(quick, found, strict=True))
        if exact:
            relation = self._whole(row_count)
            is_counted = any(check.rule for check in exact)
            whole = self._count(relation) if is_counted else counts
            again = self._run(relation, exact, whole, is_sampled=False)
            kept |= dict(zip(exact, again, strict=True))
        return [kept[check] for check in self._checks]

    def _run(
        self, relation: str, checks: Sequence[Check], counts: Counts, *, is_sampled: bool
    ) -> list[CheckResult]:
        of_suite = [check for check in checks if check.number]
        answers = dict(zip(of_suite, self._runner.run(relation, of_suite), strict=True))
        found = []
        for check in checks:
            if check.number:
                result = of_answer(self._table, check, answers[check])
            else:
                result = of_rule(check, counts)
            if result.is_broken and check.rule:
                result = self._with_rows(check, check.rule, result, relation)
            found.append(replace(result, is_sampled=is_sampled))
        return found

    def _with_rows(
        self, check: Check, rule: Rule, result: CheckResult, relation: str
    ) -> CheckResult:
        with self._conn.cursor() as cursor:
            found = offence(cursor, relation, rule)
        message = explain(rule, found, is_hidden=check.is_hidden)
        return replace(result, message=message, sample_values=found.sample(check.is_hidden))

    def _drift(
        self, source_name: str, statistics: Sequence[Statistic], *, is_sampled: bool
    ) -> list[CheckResult]:
        limits = self._suite.drift
        with self._conn.cursor() as cursor:
            history = store.read_history(
                cursor, source_name, self._table.identifier, statistics, limits.earlier_batches
            )
        return drift.judge(statistics, history, limits, is_sampled=is_sampled)

    def _count(self, relation: str) -> Counts:
        with self._conn.cursor() as cursor:
            return count(cursor, relation, self._table, self._suite.drift)

    def _take_sample(self, row_count: int) -> bool:
        plan = plan_sample(row_count, self._bytes_before, self._size())
        if plan.percent is None:
            self._whole(row_count)
        columns = relation_columns(self._table, self._suite)
        with self._conn.cursor() as cursor:
            # Pages are drawn by chance, and may hold none of the batch.
            return take_sample(cursor, self._table, self._sample, columns, plan) > 0

    def _whole(self, row_count: int) -> str:
        """Return the view of all rows of the batch, quick to read."""
        if not self._is_summarized:
            with self._conn.cursor() as cursor:
                cursor.execute(_SUMMARIZE, (self._table.relation, row_count * SMALL_TABLE_BYTES))
            self._is_summarized = True
        return self._view

    def _size(self) -> int:
        with self._conn.cursor() as cursor:
            cursor.execute(_SIZE, (self._table.relation,))
            row = cursor.fetchone()
        return int(row[0]) if row else 0

    def _make_view(self) -> None:
        # A view and not a query asset, whose whole result Great Expectations would fetch
        # into memory only to learn the names of its columns.
        table = sql.Identifier(SCHEMA, self._table.identifier)
        columns = sql.SQL(", ").join(relation_columns(self._table, self._suite))
        with self._conn.cursor() as cursor:
            cursor.execute(_VIEW.format(sql.Identifier(self._view), columns, table, OF_THE_BATCH))
