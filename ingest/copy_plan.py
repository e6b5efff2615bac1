"""The statements that bring the blocks of a file into its table."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg2 import sql

from ingest.contract import SCHEMA, Table
from ingest.header_match import HeaderMatch
from warehouse.errors import InputRefused

# A table of Postgres holds 1,600 columns.
MOST_COLUMNS = 1_500

_COPY = sql.SQL("copy {} ({}) from stdin with (format csv, null '')")
_STAGE = sql.SQL(
    "create temporary table {} ({}, _row_number bigint generated always as identity) on commit drop"
)
_MOVE = sql.SQL("insert into {} ({}, _row_number) select {}, _row_number from {}")
_STAGED = sql.Identifier("clientele_wide_file")


@dataclass(frozen=True)
class CopyPlan:
    """COPY, and what has to happen before and after it."""

    before: sql.Composable | None
    copy: sql.Composable
    after: sql.Composable | None
    headers: dict[str, str]
    """The file's header of each column that COPY names."""


def plan_copy(
    name: str, table: Table, header: tuple[str, ...], match: HeaderMatch, *, all_columns: bool
) -> CopyPlan:
    """Return the plan for a file whose blocks hold all columns of the file, or just the matched.

    COPY cannot skip columns, so a file with columns to leave out goes through a temporary table:
    the same parser, the same error messages and the same nulls as any other file.

    Raises:
        InputRefused: more columns than such a table can hold.
    """
    target = sql.Identifier(SCHEMA, table.identifier)
    names = [column.name for column in match.columns]
    if not (all_columns and match.extra):
        headers = {column.name: column.header for column in match.columns}
        return CopyPlan(None, _COPY.format(target, _list(names)), None, headers)
    if len(header) > MOST_COLUMNS:
        raise InputRefused(
            f"{name}: {len(header):,} columns, over the limit of {MOST_COLUMNS:,}; export only "
            f"those of table {table.name}"
        )
    wide = [f"column_{at}" for at in range(len(header))]
    kept = [wide[at] for at in match.positions]
    columns = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(name)) for name in wide)
    return CopyPlan(
        before=_STAGE.format(_STAGED, columns),
        copy=_COPY.format(_STAGED, _list(wide)),
        after=_MOVE.format(target, _list(names), _list(kept), _STAGED),
        headers=dict(zip(wide, header, strict=True)),
    )


def _list(names: list[str]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, names))
