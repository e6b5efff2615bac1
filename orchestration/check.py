"""Try files before anything is loaded: land and stage them in a database of their own, and look.

The same loader and the same dbt models judge them as would judge a real load, so what is said here
is what would happen. The warehouse itself is not touched.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
from psycopg2 import sql

from ingest.contract import Column, Source, Table, load_contract
from ingest.landing import load_files
from ingest.matching import Assignment, assign, files_in
from orchestration.console import Advance, Console
from orchestration.dbt_runner import create_declared_tables, dbt_build
from warehouse.connect import advisory_lock, connect
from warehouse.errors import ClienteleError, InputRefused, UsageError
from warehouse.profile import write_profile
from warehouse.settings import Settings

DATABASE = "clientele_check"
LOCK = "check"

_REJECTS = sql.SQL(
    "select reject_reason, count(*), _source_file, min(_row_number) "
    "from {} where reject_reason is not null group by 1, 3 order by 3, 2 desc, 1"
)
_SHOP = """
select
    (select count(*) from staging.stg_shop__orders),
    (select min(ordered_at)::date from staging.stg_shop__orders),
    (select max(ordered_at)::date from staging.stg_shop__orders),
    (select count(distinct customer_number) from staging.stg_shop__orders),
    (select count(*) from staging.stg_shop__orders where customer_number is null),
    (select count(*) from staging.stg_shop__orders as o where not exists (
        select from staging.stg_shop__order_items as i where i.order_number = o.order_number))
"""


@dataclass(frozen=True)
class Reject:
    """Rows of one table that would be rejected for one reason."""

    table: str
    reason: str
    row_count: int
    file: str
    row_number: int


@dataclass(frozen=True)
class CheckedFile:
    """One file: where it belongs, what it lacks, and whether it would be loaded."""

    path: Path
    table: Table
    row_count: int | None
    """None for a file that would be refused."""
    refusal: str | None
    absent: tuple[Column, ...]
    """Columns of the contract that the file does not have and need not have."""
    left_out: tuple[str, ...]
    """Columns of the file that the contract does not know."""


@dataclass(frozen=True)
class ShopFacts:
    """What would be in the warehouse: enough to see that the export is the right one."""

    orders: int
    first_date: str
    last_date: str
    customers: int
    orders_without_customer: int
    orders_without_lines: int


@dataclass
class CheckResult:
    """What a load of these files would do."""

    source: Source
    files: list[CheckedFile] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    """Why a file belongs to no table."""
    rejects: list[Reject] = field(default_factory=list)
    shop: ShopFacts | None = None

    @property
    def missing_tables(self) -> list[Table]:
        """Tables of the contract for which there is no file."""
        there = {file.table.name for file in self.files}
        return [table for table in self.source.tables if table.name not in there]

    @property
    def problems(self) -> int:
        """Things because of which a load would be refused or useless."""
        refused = sum(1 for file in self.files if file.refusal)
        needed = sum(1 for table in self.missing_tables if table.without is None)
        return refused + needed + len(self.strays)


def check(
    settings: Settings,
    console: Console,
    source: str,
    paths: Sequence[Path],
    allow_extra_columns: bool = False,
) -> CheckResult:
    """Say what loading these files would do, without loading them.

    Args:
        settings: as from `ensure_server`.
        console: told what goes on.
        source: name of a source in the sources YAML.
        paths: files and folders.
        allow_extra_columns: as for a load.

    Raises:
        UsageError: no such source, or a database role that may not create a database.
        InputRefused: a file is missing or unreadable, or a folder holds none.
        ClienteleError: the scratch database could not be made, or dbt failed.
    """
    result = CheckResult(load_contract(settings.project_dir, source))
    assigned = _assign_each(result, paths)
    with _scratch(settings) as scratch:
        with console.working("Preparing"):
            create_declared_tables(scratch)
        with console.file_progress("Reading") as progress:
            for item in assigned:
                checked = _try_file(scratch, result.source, item, allow_extra_columns, progress)
                result.files.append(checked)
        if any(file.refusal is None for file in result.files):
            with console.count_progress("Judging rows") as advance:
                _stage(scratch, source, advance)
            result.rejects = _rejects(scratch, result.source)
            if source == "shop":
                result.shop = _shop_facts(scratch)
    return result


def _assign_each(result: CheckResult, paths: Sequence[Path]) -> list[Assignment]:
    """Find the table of each file by itself, so that one stray file does not hide the others."""
    found = []
    for given in paths:
        for path in files_in(given, result.source.tables):
            try:
                found += assign(result.source, [path], None)
            except InputRefused as refusal:
                result.strays.append(refusal.message)
    return found


def _try_file(
    settings: Settings,
    source: Source,
    item: Assignment,
    allow_extra_columns: bool,
    progress: Callable[[str, int, int], None],
) -> CheckedFile:
    refusal: str | None = None
    row_count: int | None = None
    absent: tuple[Column, ...] = ()
    left_out: tuple[str, ...] = ()
    try:
        (batch,) = load_files(
            settings,
            source.name,
            [item.path],
            table=item.table.name,
            allow_extra_columns=allow_extra_columns,
            progress=progress,
        )
        row_count, absent, left_out = batch.row_count, batch.absent_columns, batch.extra_columns
    except InputRefused as error:
        refusal = error.message
    return CheckedFile(item.path, item.table, row_count, refusal, absent, left_out)


def _stage(settings: Settings, source: str, advance: Advance) -> None:
    # Seeds that the staging models read come with the leading plus.
    chosen = ["--select", f"+path:models/staging/{source}"]
    only_models = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    dbt_build(settings, [*chosen, *only_models], advance=advance)


def _rejects(settings: Settings, source: Source) -> list[Reject]:
    found = []
    with connect(settings) as conn, conn.cursor() as cursor:
        for table in source.tables:
            base = sql.Identifier("staging", f"base_{source.name}__{table.name}")
            cursor.execute(_REJECTS.format(base))
            found += [Reject(table.name, *row) for row in cursor.fetchall()]
    return found


def _shop_facts(settings: Settings) -> ShopFacts:
    with connect(settings) as conn, conn.cursor() as cursor:
        cursor.execute(_SHOP)
        ((orders, first, last, *counts),) = cursor.fetchall()
    return ShopFacts(orders, str(first), str(last), *counts)


@contextmanager
def _scratch(settings: Settings) -> Iterator[Settings]:
    """Yield settings that lead to an empty database, which is dropped at the end."""
    home = settings.home_dir / "check"
    name = sql.Identifier(DATABASE)
    drop = sql.SQL("drop database if exists {} with (force)").format(name)
    with connect(settings, autocommit=True) as conn, advisory_lock(conn, LOCK):
        with conn.cursor() as cursor:
            try:
                # What a check that was killed has left.
                cursor.execute(drop)
                cursor.execute(sql.SQL("create database {} template template0").format(name))
            except psycopg2.errors.InsufficientPrivilege:
                raise UsageError(
                    f"a check needs a database of its own, and {settings.connection.user} may not "
                    "create one: grant it with 'alter role ... createdb', or unset the variables "
                    "that name your server to check on the embedded one"
                ) from None
            except psycopg2.Error as error:
                raise ClienteleError(f"cannot make database {DATABASE}: {error}") from error
        try:
            yield _settings_of_scratch(settings, home)
        finally:
            with conn.cursor() as cursor:
                cursor.execute(drop)
            shutil.rmtree(home / "logs", ignore_errors=True)


def _settings_of_scratch(settings: Settings, home: Path) -> Settings:
    connection = settings.connection.model_copy(update={"kind": "server", "dbname": DATABASE})
    scratch = settings.model_copy(update={"home_dir": home, "connection": connection})
    write_profile(scratch)
    return scratch
