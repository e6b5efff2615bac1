"""Read the result of a query into Arrow or pandas through ADBC."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import numpy as np
import pandas as pd
import psycopg2.extensions
import pyarrow as pa
from numpy.typing import NDArray

from warehouse.ahead import made_ahead
from warehouse.connection_info import ConnectionInfo
from warehouse.errors import DatabaseUnavailable, NotBuilt
from warehouse.settings import Settings

PACKED = "packed_numbers"
# What array_send makes of an array of doubles: twenty bytes that tell its shape, then for each
# element its length in four bytes and the element, all big-endian.
PACKED_HEAD = 20
PACKED_NUMBER = np.dtype([("length", ">i4"), ("number", ">f8")])


def read_arrow(settings: Settings, query: str, params: Sequence[Any] = ()) -> pa.Table:
    """Return the result of a query as an Arrow table.

    Args:
        settings: as from `warehouse.connect.ensure_server`.
        query: SQL with `$1`, `$2`, ... for the parameters.
        params: their values, sent apart from the query. Give dates as `date`, not as text; a list
            goes with `= any($1)`.

    Returns:
        One column per column of the query. `numeric` is float64 (Postgres sends it as text,
        which is exact, but nothing computes with it); `date` is date32, `timestamptz` a timestamp
        in microseconds UTC, `json` and `uuid` are strings.

    Raises:
        DatabaseUnavailable: the database cannot be reached.
        adbc_driver_manager.Error: the query is wrong.
    """
    with _cursor(settings.connection) as cursor:
        cursor.execute(query, tuple(params) or None)
        table = cursor.fetch_arrow_table()
    return _plain(table)


def read_frame(settings: Settings, query: str, params: Sequence[Any] = ()) -> pd.DataFrame:
    """Return the result of a query as a pandas frame; arguments and errors as `read_arrow`.

    Returns:
        `numeric` is float64, `date` and `timestamp` are datetime64[us], `timestamptz` is
        datetime64[us, UTC], text is pandas' str. Where there are nulls: integers become float64
        with NaN, booleans become object with None.
    """
    return _to_pandas(read_arrow(settings, query, params))


def packed(numbers: Sequence[str]) -> str:
    """SQL of one field that holds many numbers, for a query of `read_chunks`; a null is NaN in it.

    Taking a field out of a row costs a driver more than reading the number in it: thirty of them in
    one field are read in less than half the time.
    """
    listed = ", ".join(f"coalesce(cast({each} as double precision), 'NaN')" for each in numbers)
    return f"array_send(array[{listed}]) as {PACKED}"


def read_chunks(
    settings: Settings,
    query: str,
    params: Sequence[Any] = (),
    rows: int = 100_000,
    numbers: Sequence[str] = (),
) -> Iterator[pd.DataFrame]:
    """Yield the result of a query in frames of so many rows; types and errors as `read_frame`.

    Memory stays bounded by a chunk. A query without rows yields nothing.

    Args:
        settings: as `read_arrow`.
        query: as `read_arrow`.
        params: as `read_arrow`.
        rows: of a frame; the last has what is left.
        numbers: names of the columns, float64, that the query has `packed`. They come last.
    """
    with _cursor(settings.connection) as cursor:
        # With parameters ADBC keeps the whole result; without, it streams by COPY.
        cursor.execute(_inlined(query, params))
        tables = _in_chunks(cursor.fetch_record_batch(), rows)
        # Postgres works while we do.
        yield from made_ahead(_frame_of(table, numbers) for table in tables)


def _in_chunks(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.Table]:
    """Put batches together to tables of a number of rows, the last of what is left."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        while sum(map(len, waiting)) >= rows:
            table = pa.Table.from_batches(waiting)
            yield table.slice(0, rows)
            waiting = table.slice(rows).to_batches()
    if sum(map(len, waiting)):
        yield pa.Table.from_batches(waiting)


def _frame_of(table: pa.Table, names: Sequence[str]) -> pd.DataFrame:
    if not names:
        return _to_pandas(_plain(table))
    parts = [_numbers(chunk, len(names)) for chunk in table.column(PACKED).chunks if len(chunk)]
    # Kept as they lie, row by row, which is how models read them; a concat would turn them over.
    frame = pd.DataFrame(np.concatenate(parts), columns=list(names), copy=False)
    others = _to_pandas(_plain(table.drop_columns([PACKED])))
    for place, (name, column) in enumerate(others.items()):
        frame.insert(place, str(name), column)
    return frame


def _numbers(values: pa.BinaryArray, count: int) -> NDArray[np.float64]:
    """Numbers of rows of one array of doubles each, shape (rows, count)."""
    _, offsets, content = values.buffers()
    places = np.frombuffer(offsets, dtype=np.int32)[values.offset : values.offset + len(values) + 1]
    width = PACKED_HEAD + count * PACKED_NUMBER.itemsize
    if (np.diff(places) != width).any():
        raise ValueError(f"a packed field does not hold {count} numbers")
    found = np.frombuffer(content, dtype=np.uint8)[places[0] : places[-1]]
    elements = found.reshape(-1, width)[:, PACKED_HEAD:]
    return np.ascontiguousarray(elements).view(PACKED_NUMBER)["number"].astype(np.float64)


def _inlined(query: str, params: Sequence[Any]) -> str:
    """The query with its parameters written out as literals of their types."""

    def literal(match: re.Match[str]) -> str:
        return _literal(params[int(match[1]) - 1])

    return re.sub(r"\$(\d+)", literal, query)


def _literal(value: Any) -> str:
    if isinstance(value, list):
        return f"array[{', '.join(map(_literal, value))}]" if value else "'{}'"
    adapted = psycopg2.extensions.adapt(value)
    if isinstance(value, str):
        adapted.encoding = "utf-8"
    return str(adapted.getquoted(), "utf-8")


def _to_pandas(table: pa.Table) -> pd.DataFrame:
    for index, field in enumerate(table.schema):
        if pa.types.is_date(field.type):
            column = table.column(index).cast(pa.timestamp("us"))
            table = table.set_column(index, field.name, column)
    frame: pd.DataFrame = table.to_pandas()
    return frame


# No such table, column or schema.
UNKNOWN = ("42P01", "42703", "3F000")


class KeptConnections:
    """Reads frames over connections that are kept, for pages that ask many small questions.

    Connecting takes a fifth of a second, most questions of a page a hundredth of it. Threads may
    share one of these: each question has a connection to itself.
    """

    def __init__(self, settings: Settings) -> None:
        """Keep where to connect to; nothing is connected yet."""
        self._info = settings.connection
        self._idle: list[Any] = []

    def read_frame(self, query: str, params: Sequence[Any] = ()) -> pd.DataFrame:
        """Return the result of a query; arguments, types and errors as the function's.

        Each query sees what was committed before it.

        Raises:
            NotBuilt: there is no such table.
        """
        try:
            kept = self._idle.pop()
        except IndexError:
            return self._read(_open(self._info, autocommit=True), query, params)
        try:
            return self._read(kept, query, params)
        except adbc.Error:
            # The server may have been away since; if it is the query, that is said now.
            return self._read(_open(self._info, autocommit=True), query, params)

    def _read(self, connection: Any, query: str, params: Sequence[Any]) -> pd.DataFrame:
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, tuple(params) or None)
                table = cursor.fetch_arrow_table()
        except BaseException as error:
            connection.close()
            if isinstance(error, adbc.Error) and error.sqlstate in UNKNOWN:
                raise NotBuilt(_said(error)) from error
            raise
        self._idle.append(connection)
        return _to_pandas(_plain(table))


def _said(error: adbc.Error) -> str:
    """What the server said, of all that ADBC tells."""
    said = re.search(r"ERROR:\s+(.+)", str(error))
    return said[1] if said else str(error).splitlines()[0]


@contextmanager
def _cursor(info: ConnectionInfo) -> Iterator[Any]:
    with _open(info) as opened, opened.cursor() as cursor:
        yield cursor


def _open(info: ConnectionInfo, autocommit: bool = False) -> Any:
    try:
        opened = adbc.connect(_uri(info), autocommit=autocommit)
    except adbc.Error as error:
        reason = str(error).strip().splitlines()[-1].strip()
        raise DatabaseUnavailable(f"cannot connect to {info.url()}: {reason}") from None
    with opened.cursor() as cursor:
        cursor.execute("set timezone to 'UTC'")
    return opened


def _uri(info: ConnectionInfo) -> str:
    uri = info.url(hide_password=False)
    return uri + ("&" if "?" in uri else "?") + "application_name=clientele&connect_timeout=10"


def _plain(table: pa.Table) -> pa.Table:
    """Replace the extension types that ADBC uses for numeric, json and uuid."""
    columns = [_plain_column(column) for column in table.columns]
    return pa.table(columns, names=table.column_names)


def _plain_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if not isinstance(kind, pa.BaseExtensionType):
        return column
    if isinstance(kind, pa.OpaqueType) and kind.type_name == "numeric":
        return column.cast(kind.storage_type).cast(pa.float64())
    if isinstance(kind, pa.UuidType):
        return pa.chunked_array([[str(v) if v else None for v in column.to_pylist()]], pa.string())
    return column.cast(kind.storage_type)
