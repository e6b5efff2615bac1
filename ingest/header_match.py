"""Does a file's header fit the contract?"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.contract import Column, Source, Table
from ingest.text import listed, plural
from warehouse.errors import InputRefused


@dataclass(frozen=True)
class HeaderMatch:
    """Which column of the file goes where."""

    positions: tuple[int, ...]
    """Position in the file of each column to be stored, ascending."""
    columns: tuple[Column, ...]
    """The contract's columns, in the order of `positions`."""
    extra: tuple[str, ...]
    """Headers that the contract does not know, which are left out."""
    absent: tuple[Column, ...] = ()
    """Optional columns of the contract that the file lacks."""


def match_header(
    name: str, header: Sequence[str], source: Source, table: Table, *, allow_extra: bool
) -> HeaderMatch:
    """Match headers to columns by name, whatever their case and the blanks around them.

    Raises:
        InputRefused: a declared column twice, a required one missing, or one unknown.
    """
    by_name = {_key(column.header): column for column in table.columns}
    known = [(at, by_name[_key(cell)]) for at, cell in enumerate(header) if _key(cell) in by_name]
    extra = tuple(cell for cell in header if _key(cell) not in by_name)
    columns = tuple(column for _, column in known)
    _refuse_duplicates(name, columns)
    _refuse_missing(name, header, table, columns)
    if extra and not allow_extra:
        raise InputRefused(_extra(name, extra, source, table))
    absent = tuple(column for column in table.columns if column not in columns)
    return HeaderMatch(tuple(at for at, _ in known), columns, extra, absent)


def overlap(header: Sequence[str], table: Table) -> int:
    """Return how many of the headers the contract knows."""
    names = {_key(column.header) for column in table.columns}
    return sum(_key(cell) in names for cell in header)


def _key(header: str) -> str:
    return header.strip().casefold()


def _refuse_duplicates(name: str, columns: Sequence[Column]) -> None:
    twice = [column.header for column, count in Counter(columns).items() if count > 1]
    if twice:
        raise InputRefused(
            f"{name}: the header has {listed(twice)} more than once; keep one column of each name"
        )


def _refuse_missing(
    name: str, header: Sequence[str], table: Table, columns: Sequence[Column]
) -> None:
    missing = [c.header for c in table.columns if c.required and c not in columns]
    if missing:
        raise InputRefused(
            f"{name}: required {_noun(missing)} {listed(missing)} missing; the header has "
            f"{listed(header) or 'no name at all'}{_hint(missing, header, columns)}"
        )


def _noun(missing: Sequence[str]) -> str:
    return "column" if len(missing) == 1 else "columns"


def _hint(missing: Sequence[str], header: Sequence[str], columns: Sequence[Column]) -> str:
    if not columns:
        return _first_line_hint(header)
    found = {_key(column.header) for column in columns}
    cells = {_key(cell): cell for cell in header if _key(cell) not in found}
    for wanted in missing:
        close = difflib.get_close_matches(_key(wanted), list(cells), n=1)
        if close:
            return f"; rename '{cells[close[0]]}' to '{wanted}'?"
    if not all(header):
        return "; fill the blank cells of the header"
    return "; add it to the export" if len(missing) == 1 else "; add them to the export"


def _first_line_hint(header: Sequence[str]) -> str:
    first = header[0].casefold() if header else ""
    if first.startswith("sep="):
        return "; remove the first line, which speaks to Excel only, and separate columns by commas"
    if first.startswith(("#", "--", "//")):
        return "; remove what stands above the line with the column names"
    return "; put a line with the column names first, or name another table with --table"


def _extra(name: str, extra: Sequence[str], source: Source, table: Table) -> str:
    if not any(extra):
        return (
            f"{name}: {plural(len(extra), 'column')} without a name in the header; name "
            "them, remove them (as a comma at the end of every line), or leave them out with "
            "--allow-extra-columns"
        )
    return (
        f"{name}: {plural(len(extra), 'column')} unknown to table {table.name}: {listed(extra)}; "
        f"declare them in {source.yaml_path}, or leave them out with --allow-extra-columns"
    )
