"""One pull: finish what is left from before, extract what is new, load it, table by table."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.contract import Source, Table, load_contract, shop_name
from ingest.download import Patience
from ingest.landing import BatchResult, load_files
from ingest.ledger import RELATION
from ingest.pull.connections import Connection, RestConnection, SqlConnection
from ingest.pull.failures import raise_explained
from ingest.pull.pipeline import TablePipeline
from ingest.pull.rows import RowMaker
from ingest.readers import file_sha256
from ingest.text import listed
from warehouse.connect import connect
from warehouse.errors import InputRefused, UsageError
from warehouse.settings import Settings

FOLDER = "pull"
LAST = "last_loaded.json"
_IS_LOADED = f"""
select exists (
    select from {RELATION}
    where state = 'loaded' and source_name = %s and table_name = %s and source_file = %s
)
"""  # noqa: S608 (a constant)

Begin = Callable[[str], None]
"""Called with the name of each table before it is pulled."""


@dataclass(frozen=True)
class TablePull:
    """What became of one table."""

    table: str
    batches: list[BatchResult] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    """Their keys that are mapped and that no row had."""
    is_fresh_start: bool = False
    """The database did not hold what was pulled before, so everything was pulled again."""

    @property
    def row_count(self) -> int:
        """Rows that are new in the raw table."""
        return sum(batch.row_count for batch in self.batches if batch.state == "loaded")


def pull_each(  # noqa: PLR0913
    settings: Settings,
    name: str,
    connection: Connection,
    tables: Sequence[str] = (),
    *,
    again: bool = False,
    begin: Begin | None = None,
    patience: Patience | None = None,
) -> Iterator[TablePull]:
    """Pull tables of a connection one after the other, and yield each once it is loaded.

    What dlt extracts lies in files of the home until our loader has loaded it, so a pull that is
    killed or refused loses nothing: the next one begins with those files. The raw tables must
    exist.

    Args:
        settings: as from `ensure_server`.
        name: the connection's name, under which the cursors are kept.
        connection: what the file says about it.
        tables: our tables; by default all that the connection names.
        again: forget the cursors and pull everything again.
        begin: told each table.
        patience: how long to wait for an API, and how often to ask.

    Raises:
        UsageError: a table or setting that cannot be meant.
        InputRefused: the shop does not answer, or its rows do not fit.
        ClienteleError: as `load_files`.
    """
    contract = load_contract(settings.project_dir, connection.source)
    chosen = _chosen(name, connection, tables)
    shop = shop_name(settings.project_dir, contract, connection.shop)
    for wanted in chosen:
        contract.table(wanted)
    with ExitStack() as open_things:
        one = _Pull(settings, name, connection, contract, shop, patience or Patience(), open_things)
        for wanted in chosen:
            if begin:
                begin(wanted)
            yield one.pull(wanted, again)


def _chosen(name: str, connection: Connection, tables: Sequence[str]) -> list[str]:
    unknown = [table for table in tables if table not in connection.tables]
    if unknown:
        raise UsageError(
            f"connection {name} names no table {listed(unknown)}: "
            f"it has {listed(connection.tables)}"
        )
    return list(tables or connection.tables)


@dataclass
class _Pull:
    settings: Settings
    name: str
    connection: Connection
    contract: Source
    source_name: str
    patience: Patience
    open_things: ExitStack
    engine: Any = None

    def pull(self, wanted: str, again: bool) -> TablePull:
        """Pull one table."""
        table = self.contract.table(wanted)
        folder = self.settings.home_dir / FOLDER / self.name / wanted
        pipeline = TablePipeline(folder, self.name, wanted)
        last = _Last(folder / LAST)
        lost = bool(last.file) and not self._is_loaded(table, str(last.file))
        if again or lost:
            pipeline.forget()
            last = _Last(folder / LAST)
        maker = self._maker(table, wanted)
        batches = []
        if folder.exists():
            self._guarded(wanted, pipeline.finish)
            batches += self._load(table, pipeline, last, whole=False)
        resource = self._resource(wanted, pipeline, maker)
        self._guarded(wanted, lambda: pipeline.extract(resource, maker))
        batches += self._load(table, pipeline, last, whole=self._is_whole(wanted))
        return TablePull(wanted, batches, maker.unseen(), is_fresh_start=lost and not again)

    def _maker(self, table: Table, wanted: str) -> RowMaker:
        entry = self.connection.tables[wanted]
        rows = getattr(entry, "rows", None)
        return RowMaker(self._where(wanted), table, entry.columns, entry.values, rows)

    def _resource(self, wanted: str, pipeline: TablePipeline, maker: RowMaker) -> Any:
        """Return what dlt extracts from; asks a database whether it has what is named."""
        where = self._where(wanted)
        if isinstance(self.connection, RestConnection):
            from ingest.pull.rest import rest_resource  # noqa: PLC0415

            entry = self.connection.tables[wanted]
            return rest_resource(where, self.connection, entry, pipeline.resource, self.patience)
        return self._guarded(wanted, lambda: self._sql_resource(wanted, pipeline, maker))

    def _sql_resource(self, wanted: str, pipeline: TablePipeline, maker: RowMaker) -> Any:
        from ingest.pull.database import checked_columns, opened, sql_resource  # noqa: PLC0415

        assert isinstance(self.connection, SqlConnection)  # noqa: S101 (one of two kinds)
        entry, where = self.connection.tables[wanted], self._where(wanted)
        if self.engine is None:
            self.engine = self.open_things.enter_context(opened(self.name, self.connection))
        types = checked_columns(where, self.connection, entry, self.engine)
        maker.find_names(types)
        maker.keys = {header: key for header, key in maker.keys.items() if key in types}
        if maker.missing():
            raise InputRefused(
                f"{where}: table {entry.table} has nothing for the required "
                f"{listed(maker.missing())}; say "
                "in columns which of its columns that is"
            )
        wanted_keys = {*maker.keys.values(), entry.cursor}
        read = {key: kind for key, kind in types.items() if key in wanted_keys}
        return sql_resource(self.connection, entry, read, self.engine, pipeline.resource)

    def _load(
        self, table: Table, pipeline: TablePipeline, last: _Last, *, whole: bool
    ) -> list[BatchResult]:
        batches = []
        for path in pipeline.files():
            digest = file_sha256(path)
            if not (whole and digest == last.sha256):
                batches += self._load_one(table, path)
                last.write(path.name, digest)
            path.unlink()
        return batches

    def _load_one(self, table: Table, path: Path) -> list[BatchResult]:
        try:
            return load_files(
                self.settings,
                self.connection.source,
                [path],
                shop=self.connection.shop,
                table=table.name,
                known_by_name=True,
            )
        except InputRefused as refusal:
            raise InputRefused(
                f"{refusal.message}. The extracted rows stay in {path}, and the next pull tries "
                "them first; once the shop or connections.yml is right, run clientele pull "
                f"{self.name} {table.name} --again"
            ) from refusal

    def _is_whole(self, wanted: str) -> bool:
        """Tell whether each extraction holds all rows, so that the same ones are no news."""
        entry = self.connection.tables[wanted]
        if isinstance(self.connection, SqlConnection):
            return getattr(entry, "cursor", None) is None
        endpoint = getattr(entry, "endpoint", {})
        return "incremental" not in json.dumps(endpoint, default=str)

    def _guarded(self, wanted: str, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except Exception as error:
            # Whatever dlt, drivers and servers raise is told in one line.
            raise_explained(self._where(wanted), error, self.patience)

    def _where(self, wanted: str) -> str:
        return f"{self.name}.{wanted}"

    def _is_loaded(self, table: Table, file: str) -> bool:
        with connect(self.settings) as conn, conn.cursor() as cursor:
            cursor.execute(_IS_LOADED, (self.source_name, table.identifier, file))
            row = cursor.fetchone()
        return bool(row and row[0])


class _Last:
    """The file that was loaded last, from which a database is recognised."""

    def __init__(self, path: Path) -> None:
        self._path = path
        found = json.loads(path.read_text("utf-8")) if path.exists() else {}
        self.file: str | None = found.get("file")
        self.sha256: str | None = found.get("sha256")

    def write(self, file: str, sha256: str) -> None:
        """Note a file that has just been loaded."""
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps({"file": file, "sha256": sha256}), "utf-8")
        os.replace(part, self._path)
        self.file, self.sha256 = file, sha256
