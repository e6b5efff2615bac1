"""A project as a user has it: a database of its own, and the commands that work on it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from psycopg2 import sql

from tests import parsed_project
from tests.embedded_help import PROJECT_DIR, embedded_settings, folder_for_all, own_port, removed
from warehouse import embedded
from warehouse.connect import connect
from warehouse.settings import Settings, embedded_connection

BIN = Path(sys.executable).parent
# Unit tests try the SQL on rows of their own: test_unit_tests runs them, builds of data need not.
NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
# Where the tables are what is looked at; the shared warehouses are built with all data tests.
NO_TESTS = (*NO_UNIT_TESTS, "test")
# When a row was written and how long that took: the only things in which two runs may differ.
VOLATILE = {
    *("_loaded_at", "_built_batch_id", "last_loaded_at", "loaded_at"),
    *("scored_at", "trained_at", "evaluated_at"),
    *("started_at", "finished_at", "promoted_at"),
    "training_seconds",
}
# What a sample of a big batch said: pages are drawn by chance.
SAMPLED = ("raw.batch_checks", "raw.batch_statistics")
BUILDS = "raw.builds"
# What a build has to touch, and views of it: not what it made.
CHANGES = (
    "int_changes__",
    "int_identity__state_accounts",
    "int_shop__sightings",
    "int_identity__sightings",
    "int_identity__normalised",
    "int_identity__restated_customers",
)
SCHEMAS = (
    *("staging", "intermediate", "marts", "features", "predictions", "monitoring"),
    *("seeds", "raw", "ml"),
)


@dataclass(frozen=True)
class Home:
    """One home folder with its embedded server."""

    path: Path
    database_url: str | None = field(default=None)
    sources: str = ""
    """The sources that are enabled, all of them by default: fewer make builds quicker."""
    project: Path = PROJECT_DIR
    """The project that `clientele` works on: ours, or a changed copy of it."""
    tests: bool = True
    """Whether builds test what they made: that takes half of their time."""

    @property
    def settings(self) -> Settings:
        """Settings that reach the server, which must run."""
        wanted = embedded_settings(self.path)
        return wanted.with_connection(embedded_connection(self.path))

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to work on this home and on nothing else."""
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("PG", "CLIENTELE_", "DBT_"))
        }
        return {
            **kept,
            "CLIENTELE_PROJECT_DIR": str(self.project),
            "CLIENTELE_HOME": str(self.path),
            "CLIENTELE_PORT": str(own_port(self.path)),
            "CLIENTELE_SOURCES": self.sources,
            # Making MLflow's tables takes ten seconds of work: tests/integration/test_registry.py.
            "CLIENTELE_MLFLOW": os.environ.get("CLIENTELE_MLFLOW", "off"),
            **({} if self.tests else {"DBT_EXCLUDE_RESOURCE_TYPES": "test unit_test"}),
        }

    def without_tests(self) -> Home:
        """This home, for a job whose tables are looked at and were tested elsewhere."""
        return replace(self, tests=False)

    def lend_parse(self) -> None:
        """Spare the home the minute in which dbt would parse the project anew."""
        parsed_project.lend(self.path, own_port(self.path), self.sources)

    def clientele(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a command to its end and check its exit code."""
        done = subprocess.run(
            [str(BIN / "clientele"), *arguments],
            cwd=PROJECT_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def dbt(
        self, *arguments: str, project: Path = PROJECT_DIR, code: int = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run dbt itself, as an analytics engineer does, and check its exit code."""
        target = "target" if project == PROJECT_DIR else "other-target"
        done = subprocess.run(
            [
                *(str(BIN / "dbt"), *arguments),
                *("--profiles-dir", str(self.path), "--target-path", str(self.path / target)),
            ],
            cwd=project,
            env={**self.environment, "DBT_LOG_PATH": str(self.path / "logs")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout[-4000:]
        return done

    def rows(self, query: str, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Run a query and fetch all rows."""
        with connect(self.settings) as conn, conn.cursor() as cursor:
            cursor.execute(query, params)
            return cursor.fetchall()

    def value(self, query: str, params: tuple[Any, ...] = ()) -> Any:
        """Run a query and fetch the one value."""
        ((value,),) = self.rows(query, params)
        return value

    def execute(self, statement: str) -> None:
        """Run a statement and commit."""
        with connect(self.settings) as conn, conn.cursor() as cursor:
            cursor.execute(statement)

    def digests(self, leave_out: tuple[str, ...] = ()) -> dict[str, str]:
        """Return the row count and a hash of the rows of every table and view, by name."""
        tables = self.rows(
            "select table_schema, table_name, array_agg(column_name::text order by column_name) "
            "from information_schema.columns where table_schema = any(%s) group by 1, 2",
            (list(SCHEMAS),),
        )
        return {
            f"{schema}.{name}": self._digest(schema, name, columns)
            for schema, name, columns in tables
            if f"{schema}.{name}" not in (*leave_out, *SAMPLED, BUILDS)
            and not name.startswith(CHANGES)
        }

    def changed_by_whole_build(self, *arguments: str) -> set[str]:
        """Build everything anew, and name the tables and views of which rows are others since."""
        before = self.digests()
        self.dbt("build", *arguments, "--full-refresh")
        after = self.digests()
        return {name for name in after if after[name] != before.get(name)}

    def _digest(self, schema: str, name: str, columns: list[str]) -> str:
        stable = [sql.Identifier(column) for column in columns if column not in VOLATILE]
        query = sql.SQL(
            "select count(*) || ' ' || coalesce(md5(string_agg(h, '' order by h)), '') "
            "from (select md5(row({columns})::text) as h from {table}) as hashed"
        ).format(columns=sql.SQL(", ").join(stable), table=sql.Identifier(schema, name))
        with connect(self.settings) as conn, conn.cursor() as cursor:
            cursor.execute(query)
            row = cursor.fetchone()
        assert row is not None
        return str(row[0])

    @contextmanager
    def held(self, table: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Start a command and let it run into a locked table; it is there when the block begins.

        What is left of it at the end of the block is killed with SIGKILL before the lock is lifted.
        """
        with connect(self.settings) as holder, holder.cursor() as cursor:
            cursor.execute(f"lock table {table} in access exclusive mode")
            job = subprocess.Popen(
                [str(BIN / "clientele"), *arguments],
                cwd=PROJECT_DIR,
                env=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                # What a shell starts in the background is born deaf to Ctrl-C.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
            )
            try:
                self._await_waiter(job)
                yield job
            finally:
                job.send_signal(signal.SIGKILL)
                job.wait()
                holder.rollback()
        self._await_quiet()

    def kill_while_it_waits_for(self, table: str, *arguments: str) -> None:
        """Start a command, let it run into a locked table, and kill -9 it there."""
        with self.held(table, *arguments):
            pass

    def _await_waiter(self, job: subprocess.Popen[str], seconds: float = 180) -> None:
        waiting = (
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' "
            "and wait_event = 'relation' and application_name like 'clientele-%%'"
        )
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert job.poll() is None, "the job ended before it met the locked table"
            if self.value(waiting):
                return
            time.sleep(0.1)
        raise AssertionError("the job never met the locked table")

    def _await_quiet(self, seconds: float = 60) -> None:
        others = (
            "select count(*) from pg_stat_activity "
            "where application_name like 'clientele-%%' and pid <> pg_backend_pid()"
        )
        end = time.monotonic() + seconds
        while self.value(others):
            assert time.monotonic() < end, "a killed job's session never ended"
            time.sleep(0.1)


@contextmanager
def new_home(sources: str = "") -> Iterator[Home]:
    """Yield a home without a server; whatever it got is removed at the end."""
    with removed(folder_for_all()) as folder:
        path = folder / "home"
        path.mkdir(mode=0o755)
        home = Home(path, sources=sources)
        home.lend_parse()
        yield home


def stop(home: Home) -> None:
    """Stop the home's server."""
    embedded.stop(home.settings)
