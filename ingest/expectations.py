"""Great Expectations over a batch, in the transaction that is about to store it.

The rules ask whether a column is what the contract says it is; single bad values pass here and are
rejected one by one in staging. Importing Great Expectations takes about five seconds and so
happens in a thread of its own while COPY runs.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import threading
from typing import Any

from psycopg2 import sql
from psycopg2.extensions import connection

from ingest.check_sample import OF_THE_BATCH, SMALLEST_BATCH, plan_sample, take_sample
from ingest.contract import SCHEMA, Table
from ingest.rules import MIN_ROWS, Rule, explain, rules
from ingest.text import plural, shortened
from warehouse.errors import ClienteleError

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
_FILLED = sql.SQL("nullif(btrim({0}, E' \\t\\r\\n'), '') as {0}")


class Library:
    """Great Expectations, imported in the background the first time it is asked for."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to import; returns at once."""
        if self._thread is None:
            # A daemon, so that a refusal need not wait for an import that it does not use.
            self._thread = threading.Thread(target=_try_import, name="import-gx", daemon=True)
            self._thread.start()

    def get(self) -> Any:
        """Return the module once it is there.

        Raises:
            ImportError: it cannot be imported.
        """
        if self._thread is not None:
            self._thread.join()
        return _import()


def _try_import() -> None:
    # What fails here fails again, and is reported, where the module is asked for.
    with contextlib.suppress(Exception):
        _import()


def _import() -> Any:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    # Its modules set levels of their own, and dbt's tracker gives the root logger a handler.
    logger = logging.getLogger("great_expectations")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    return importlib.import_module("great_expectations")


class BatchChecks:
    """The expectations of one table, ready to be run on batch after batch of one connection.

    The connection must be in autocommit mode with an explicit `begin`: what SQLAlchemy takes for
    its own commits and rollbacks then does not touch our transaction. It must hold the number
    of the batch in the setting clientele.batch_id.
    """

    def __init__(self, conn: connection, table: Table, library: Library) -> None:
        self._conn = conn
        self._table = table
        self._library = library
        self._view = f"clientele_check_{table.identifier}"[:63]
        self._sample = f"clientele_sample_{table.identifier}"[:63]
        self._rules = rules(table)
        self._is_exact = any(column.min_valid_share is not None for column in table.columns)
        self._bytes_before = 0
        self._suite: Any = None
        self._source: Any = None
        self._batches: dict[str, Any] = {}
        self._make_view()

    def before_copy(self) -> None:
        """Note the size of the table, from which `problem` tells the batch's share of it."""
        self._bytes_before = self._size()

    def problem(self, row_count: int) -> str | None:
        """Return what is wrong with the current batch, with rows and a remedy, or None.

        A big batch is judged by a random sample of its rows first, and by all of them only if
        the sample fails, or if a column has a threshold of its own.

        Args:
            row_count: rows of the batch.

        Raises:
            ClienteleError: the checks themselves could not run.
        """
        is_sampled = row_count >= SMALLEST_BATCH and not self._is_exact
        if is_sampled and self._sample_passes(row_count):
            return None
        self._summarize(row_count)
        results = self._validate(self._view)
        failed = _failed(results)
        return self._describe(failed, len(results)) if failed else None

    def _sample_passes(self, row_count: int) -> bool:
        plan = plan_sample(row_count, self._bytes_before, self._size())
        if plan.percent is None:
            self._summarize(row_count)
        with self._conn.cursor() as cursor:
            # Pages are drawn by chance, and may hold none of the batch.
            if not take_sample(cursor, self._table, self._sample, self._columns(), plan):
                return False
        return not _failed(self._validate(self._sample))

    def _summarize(self, row_count: int) -> None:
        with self._conn.cursor() as cursor:
            cursor.execute(_SUMMARIZE, (self._table.relation, row_count * SMALL_TABLE_BYTES))

    def _size(self) -> int:
        with self._conn.cursor() as cursor:
            cursor.execute(_SIZE, (self._table.relation,))
            row = cursor.fetchone()
        return int(row[0]) if row else 0

    def _validate(self, relation: str) -> list[Any]:
        """Return the results of all expectations about a view or table of this connection."""
        try:
            batch = self._batch_definition(relation).get_batch()
            results = list(batch.validate(self._suite, result_format="BOOLEAN_ONLY").results)
        except Exception as error:
            # Whatever a library between us and our own connection raises.
            self._refuse_exception(str(error) or type(error).__name__)
            raise
        for result in _failed(results):
            self._refuse_exception(_exception_text(result.exception_info))
        return results

    def _make_view(self) -> None:
        # A view and not a query asset, whose whole result Great Expectations would fetch
        # into memory only to learn the names of its columns.
        table = sql.Identifier(SCHEMA, self._table.identifier)
        columns = sql.SQL(", ").join(self._columns())
        with self._conn.cursor() as cursor:
            cursor.execute(_VIEW.format(sql.Identifier(self._view), columns, table, OF_THE_BATCH))

    def _columns(self) -> list[sql.Composable]:
        names = dict.fromkeys(rule.column.name for rule in self._rules)
        return [sql.SQL("_row_number"), *(_FILLED.format(sql.Identifier(name)) for name in names)]

    def _batch_definition(self, relation: str) -> Any:
        """Return the definition of a relation that exists now: the library looks for it."""
        if self._source is None:
            gx = self._library.get()
            self._source = _source(gx, self._conn)
            self._suite = _suite(gx, self._table, self._rules)
        if relation not in self._batches:
            asset = self._source.add_table_asset(relation, table_name=relation)
            self._batches[relation] = asset.add_batch_definition_whole_table("current")
        return self._batches[relation]

    def _refuse_exception(self, reason: str | None) -> None:
        if reason:
            raise ClienteleError(
                f"the checks of {self._table.relation} could not run ({shortened(reason)}), so "
                "nothing was loaded; reinstall from requirements.lock"
            )

    def _describe(self, failed: list[Any], total: int) -> str:
        metas = [result.expectation_config.meta or {} for result in failed]
        broken = [self._rules[meta["rule"]] for meta in metas if "rule" in meta]
        with self._conn.cursor() as cursor:
            said = [explain(cursor, self._view, rule) for rule in broken[:SHOWN_FAILURES]]
        if len(broken) > SHOWN_FAILURES:
            rest = ", ".join(rule.column.header for rule in broken[SHOWN_FAILURES:])
            said.append(f"and more about {rest}")
        return f"{'; '.join(said)} ({len(failed)} of {plural(total, 'check')} failed)"


def _source(gx: Any, conn: connection) -> Any:
    """Return a data source that runs on our connection, and says nothing on the terminal."""
    bars = importlib.import_module("great_expectations.data_context.types.base")
    pool = importlib.import_module("sqlalchemy.pool")
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = bars.ProgressBarsConfig(globally=False)
    return context.data_sources.add_postgres(
        "warehouse",
        # Never dialled: connections come from the creator.
        connection_string="postgresql+psycopg2://nobody@127.0.0.1/nowhere",
        create_temp_table=False,
        kwargs={"creator": lambda: conn, "poolclass": pool.StaticPool},
    )


def _suite(gx: Any, table: Table, found: list[Rule]) -> Any:
    row_count = gx.expectations.ExpectTableRowCountToBeBetween(min_value=MIN_ROWS)
    about_columns = [_expectation(gx, at, rule) for at, rule in enumerate(found)]
    return gx.ExpectationSuite(name=table.identifier, expectations=[row_count, *about_columns])


def _expectation(gx: Any, number: int, rule: Rule) -> Any:
    common = {"column": rule.column.name, "mostly": rule.min_share, "meta": {"rule": number}}
    if rule.kind == "filled":
        return gx.expectations.ExpectColumnValuesToNotBeNull(**common)
    return gx.expectations.ExpectColumnValuesToMatchRegex(regex=rule.pattern, **common)


def _failed(results: list[Any]) -> list[Any]:
    return [result for result in results if not result.success]


def _exception_text(info: Any) -> str | None:
    """Great Expectations reports one exception, or a mapping of them by metric."""
    entries = [info, *info.values()] if isinstance(info, dict) else []
    for entry in entries:
        if isinstance(entry, dict) and entry.get("raised_exception"):
            return str(entry.get("exception_message") or "no reason given")
    return None
