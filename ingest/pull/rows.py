"""Pages of their rows become Arrow tables of our columns, all text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from ingest.contract import Table
from ingest.pull.values import NoTextForm, as_text
from ingest.text import listed
from warehouse.errors import InputRefused, UsageError

_MISSING = object()
PARENT = "parent"
POSITION = "position"
"""A row's number in the list that it is from, unless it has something of that name itself."""


class RowMaker:
    """Renames and spells out the rows of one table; call it with each page.

    Args:
        where: the connection and the table, for messages.
        table: our table.
        columns: our header or column to their key, where it differs.
        values: our header or column to what every row holds.
        rows: key of the list whose elements are the rows, or None: the objects are.

    Raises:
        UsageError: a column that the table does not have.
    """

    def __init__(
        self,
        where: str,
        table: Table,
        columns: Mapping[str, str],
        values: Mapping[str, str] | None = None,
        rows: str | None = None,
    ) -> None:
        self._where = where
        self._rows = rows
        named = _by_header(where, "columns", table, columns)
        self._values = _by_header(where, "values", table, values or {})
        headers = [c.header for c in table.columns if c.header not in self._values]
        self.keys = {header: named.get(header, header) for header in headers}
        self._required = [column.header for column in table.columns if column.required]
        self._mapped = set(named) - set(self._values)
        self._seen: set[str] = set()
        self.row_count = 0

    def __call__(self, page: Any) -> pa.Table | None:
        """Return a page as text, or None if it has no rows.

        Raises:
            InputRefused: rows that are no objects, lack what is required or hold bytes.
        """
        found = list(self._elements(page if isinstance(page, list) else [page]))
        if not found:
            return None
        self.row_count += len(found)
        self.find_names(dict.fromkeys(name for row in found for name in row))
        arrays = [self._column(header, key, found) for header, key in self.keys.items()]
        arrays += [pa.array([value] * len(found), pa.string()) for value in self._values.values()]
        return pa.Table.from_arrays(arrays, names=[*self.keys, *self._values])

    def missing(self) -> list[str]:
        """Return the required headers that neither a key nor a value is there for."""
        return [name for name in self._required if name not in self.keys | self._values]

    def find_names(self, names: Iterable[str]) -> None:
        """Take the names that are ours but for their case, as headers of files are."""
        by_fold = {name.strip().casefold(): name for name in names}
        for header, key in self.keys.items():
            if header not in self._mapped:
                self.keys[header] = by_fold.get(header.strip().casefold(), key)

    def unseen(self) -> list[str]:
        """Return their keys that were mapped by hand and that no row had."""
        if not self.row_count:
            return []
        return [self.keys[header] for header in self._mapped - self._seen]

    def _elements(self, page: Sequence[Any]) -> Iterator[dict[str, Any]]:
        for item in page:
            if not isinstance(item, dict):
                raise InputRefused(
                    f"{self._where}: the rows are no objects but {type(item).__name__}; set "
                    "data_selector to the list of objects"
                )
            yield from [item] if self._rows is None else self._children(item, self._rows)

    def _children(self, item: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
        children = _look_up(item, key)
        if children is _MISSING:
            raise InputRefused(
                f"{self._where}: an object has no '{key}', which rows names; it has {listed(item)}"
            )
        for number, child in enumerate(children or [], start=1):
            if not isinstance(child, dict):
                raise InputRefused(f"{self._where}: '{key}' holds no list of objects")
            yield {POSITION: number} | child | {PARENT: item}

    def _column(self, header: str, key: str, found: list[dict[str, Any]]) -> pa.Array:
        values = [_look_up(row, key) for row in found]
        if header in self._required and _MISSING in values:
            row = found[values.index(_MISSING)]
            names = listed(name for name in row if name not in (PARENT, POSITION))
            raise InputRefused(
                f"{self._where}: a row has no '{key}' for the required column {header}; it has "
                f"{names}; name the right one in columns"
            )
        if any(value is not _MISSING for value in values):
            self._seen.add(header)
        try:
            texts = [None if value is _MISSING else as_text(value) for value in values]
            return pa.array(texts, pa.string())
        except NoTextForm as error:
            raise InputRefused(
                f"{self._where}: '{key}' holds {error}, which have no text form; map another column"
            ) from None
        except UnicodeEncodeError:
            raise InputRefused(
                f"{self._where}: a text in '{key}' holds half a character; correct it in the shop"
            ) from None


def _by_header(
    where: str, setting: str, table: Table, columns: Mapping[str, str]
) -> dict[str, str]:
    """Return the mapping by header; in the file it may be by header or by column."""
    headers = {column.name: column.header for column in table.columns}
    headers |= {column.header: column.header for column in table.columns}
    unknown = [name for name in columns if name not in headers]
    if unknown:
        raise UsageError(
            f"{where}: {setting} names {listed(unknown)}, which table {table.name} does not have; "
            f"it has {listed(column.header for column in table.columns)}"
        )
    return {headers[name]: key for name, key in columns.items()}


def _look_up(row: Any, key: str) -> Any:
    """Return the value under a key, or behind a path with dots; _MISSING if there is none."""
    if isinstance(row, dict) and key in row:
        return row[key]
    head, _, rest = key.partition(".")
    if not rest or not isinstance(row, dict) or head not in row:
        return _MISSING
    # An order without a customer has no customer's id either: that is a null, not a gap.
    return None if row[head] is None else _look_up(row[head], rest)
