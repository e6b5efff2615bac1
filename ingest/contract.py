"""The contract of a source: what dbt's sources YAML says about its files and their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from warehouse.errors import UsageError

SOURCES_GLOB = "models/staging/*/_*__sources.yml"
SCHEMA = "raw"
# libyaml's parser, where PyYAML was built with it, more than halves the time to read a contract.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NAME = r"^[a-z_][a-z0-9_]{0,62}$"

ColumnType = Literal["text", "integer", "numeric", "timestamp", "date", "compact_date", "boolean"]
Layout = Literal["header", "blanks"]
CustomerKey = Literal["number", "whole_number", "reference"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ColumnMeta(_Frozen):
    """What `config.meta` of a column may say; anything else is a typo."""

    header: str = Field(min_length=1)
    type: ColumnType
    required: bool = False
    min_valid_share: float | None = Field(default=None, ge=0, le=1)
    """Share of the filled values that must look like `type`; None is the general threshold."""
    pii: bool = False
    """Whether the values are personal data, which no report may show."""
    customer: CustomerKey | None = None
    """How the column says who the customer is, which `clientele forget` goes by: number is the
    shop's number of the account, whole_number the same with spellings such as 17850.0, reference a
    further number of the same person."""
    without: str | None = None
    """What happens where a file does not have the column."""


class TableMeta(_Frozen):
    """What `config.meta` of a raw table may say."""

    files: str = "*"
    """Glob on the name of a file, without its folder; with or without its suffixes."""
    layout: Layout = "header"
    """How text files are written: header is CSV whose first record names the columns; blanks is
    lines without a header, all columns in the contract's order, separated by one blank or more."""
    indexes: list[dict[str, Any]] = []
    """Read by dbt only."""
    without: str | None = None
    """What happens where a shop does not have the table; None for a table that it must have."""


class SourceMeta(_Frozen):
    """What `config.meta` of a source of raw tables may say."""

    managed: Literal["raw"]
    many_shops: bool = False
    """Whether several shops may load into its tables, each under a name of its own."""


class Column(ColumnMeta):
    """One column of a raw table and the header it has in files."""

    name: str = Field(pattern=NAME)
    description: str = ""


class Table(_Frozen):
    """One raw table and the files that belong to it."""

    name: str
    identifier: str = Field(pattern=NAME)
    description: str = ""
    files: str
    without: str | None = None
    layout: Layout = "header"
    columns: tuple[Column, ...] = Field(min_length=1)

    @property
    def relation(self) -> str:
        """The table as people write it, for example raw.online_retail__lines."""
        return f"{SCHEMA}.{self.identifier}"


class Source(_Frozen):
    """One source that files can be loaded into."""

    name: str
    yaml_path: Path
    """Where the contract is written, relative to the project."""
    many_shops: bool = False
    tables: tuple[Table, ...] = Field(min_length=1)

    def table(self, name: str) -> Table:
        """Return the table of this name.

        Raises:
            UsageError: there is none; the message names those there are.
        """
        for table in self.tables:
            if name in (table.name, table.identifier, table.relation):
                return table
        known = ", ".join(table.name for table in self.tables)
        raise UsageError(f"source {self.name} has no table '{name}': it has {known}")


def load_contract(project_dir: Path, source: str) -> Source:
    """Read the contract of a source from its sources YAML.

    Raises:
        UsageError: no such source, or a contract that cannot be understood.
    """
    known = []
    for path, entry in _raw_sources(project_dir):
        if entry.get("name") == source:
            return _source(path.relative_to(project_dir), entry)
        known.append(str(entry.get("name")))
    names = ", ".join(sorted(known)) or "none"
    raise UsageError(f"there is no source '{source}' to load into: known are {names}")


def known_sources(project_dir: Path) -> list[str]:
    """Return the names of all sources that files can be loaded into, sorted.

    Raises:
        UsageError: a sources YAML that is no YAML.
    """
    return sorted(str(entry.get("name")) for _, entry in _raw_sources(project_dir))


def shop_name(project_dir: Path, source: Source, name: str | None) -> str:
    """Return the name under which rows are kept: the source's own, or a shop's of its own.

    Raises:
        UsageError: the source holds one shop only, or the name is unfit or another source's.
    """
    if name is None or name == source.name:
        return source.name
    if not source.many_shops:
        raise UsageError(f"source {source.name} is one shop: it takes no name '{name}'")
    if not re.match(NAME, name):
        raise UsageError(
            f"'{name}' cannot name a shop: use lower-case letters, digits and underscores"
        )
    if name in known_sources(project_dir):
        raise UsageError(f"'{name}' names another source: choose another name for the shop")
    return name


def _raw_sources(project_dir: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(project_dir.glob(SOURCES_GLOB)):
        for entry in _read_yaml(path).get("sources") or []:
            if _meta(entry).get("managed") == SCHEMA:
                yield path, entry


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 (is safe)
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise UsageError(f"{path} is not valid YAML: {reason}") from error
    return found if isinstance(found, dict) else {}


def _source(path: Path, entry: dict[str, Any]) -> Source:
    name = str(entry["name"])
    tables = [_table(path, name, table) for table in entry.get("tables") or []]
    try:
        meta = SourceMeta(**_meta(entry))
        return Source(name=name, yaml_path=path, many_shops=meta.many_shops, tables=tuple(tables))
    except ValidationError as error:
        raise UsageError(_explain(path, f"source {name}", error)) from error


def _table(path: Path, source: str, entry: dict[str, Any]) -> Table:
    where = f"table {source}.{entry.get('name')}"
    columns = [_column(path, where, column) for column in entry.get("columns") or []]
    try:
        meta = TableMeta(**_meta(entry))
        return Table(
            name=entry["name"],
            identifier=entry.get("identifier") or entry["name"],
            description=" ".join(str(entry.get("description") or "").split()),
            files=meta.files,
            without=meta.without,
            layout=meta.layout,
            columns=tuple(columns),
        )
    except ValidationError as error:
        raise UsageError(_explain(path, where, error)) from error


def _column(path: Path, where: str, entry: dict[str, Any]) -> Column:
    try:
        description = " ".join(str(entry.get("description") or "").split())
        return Column(name=str(entry.get("name")), description=description, **_meta(entry))
    except ValidationError as error:
        column = f"{where}, column {entry.get('name')}"
        raise UsageError(_explain(path, column, error)) from error


def _meta(entry: dict[str, Any]) -> dict[str, Any]:
    return ((entry.get("config") or {}).get("meta")) or {}


def _explain(path: Path, where: str, error: ValidationError) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    return f"{path}: {where}: '{key}': {first['msg']}"
